"""Tables of what each field of the front door takes and refuses, as JSON and as text of a query."""

import pytest

from access.errors import DomainError
from access.fields import (
    LAST_TIME_MS,
    AmountField,
    AssetField,
    BooleanField,
    ChoiceField,
    ClientOrderIdField,
    DecimalField,
    IntegerField,
    StrictField,
    SymbolField,
    TextField,
    TimeField,
)
from access.parsing import INT64_MAX, FloatNumber

USDB = AmountField(6)
BTC = AmountField(8)
YEN = AmountField(0)
OTHER_TYPES: list[object] = [1, 1.5, True, None, [], {}, FloatNumber()]


@pytest.mark.parametrize(
    ("field", "text", "atoms"),
    [
        (USDB, "1", 1_000_000),
        (USDB, "0.000001", 1),
        (USDB, "1.50", 1_500_000),
        (USDB, "1.500000", 1_500_000),
        (BTC, "0.1", 10_000_000),
        (BTC, "21000000", 2_100_000_000_000_000),
        (YEN, "7", 7),
        (YEN, "999999999999999999", 999_999_999_999_999_999),
        (AmountField(2, minimum_atoms=0), "0", 0),
        (AmountField(2, minimum_atoms=0), "0.00", 0),
        (AmountField(2, minimum_atoms=250), "2.5", 250),
    ],
)
def test_an_amount_is_counted_in_whole_atoms(field: AmountField, text: str, atoms: int) -> None:
    assert field.parse(text) == atoms
    assert field.parse_text(text) == atoms


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (USDB, "0", "OUT_OF_RANGE"),
        (USDB, "0.000000", "OUT_OF_RANGE"),
        (USDB, "0.0000001", "PRECISION"),
        (USDB, "1.0000000", "PRECISION"),
        (YEN, "7.0", "PRECISION"),
        (USDB, "1000000000000000000", "OUT_OF_RANGE"),
        (USDB, "9223372036854.775808", "OUT_OF_RANGE"),
        (AmountField(2, minimum_atoms=250), "2.49", "OUT_OF_RANGE"),
        *((USDB, text, "INVALID_NUMBER") for text in ("", " 1", "1 ", "+1", "-1", "01", "00", "1.", ".5")),
        *((USDB, text, "INVALID_NUMBER") for text in ("1e3", "1,5", "1_000", "0x1", "NaN", "Infinity")),
        *((USDB, text, "INVALID_NUMBER") for text in ("1\n", "１", "١", "½", "1.2.3", "--1", "1\0")),
        *((USDB, value, "INVALID_TYPE") for value in OTHER_TYPES),
    ],
)
def test_an_amount_that_two_readers_could_read_differently_is_refused(
    field: AmountField, value: object, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        field.parse(value)
    assert refused.value.code == code


@pytest.mark.parametrize(("text", "kept"), [("42000.50", "42000.50"), ("0", "0"), ("0.0000000001",) * 2])
def test_a_price_keeps_its_spelling_for_the_service_that_knows_its_decimals(text: str, kept: str) -> None:
    assert DecimalField().parse(text) == kept


@pytest.mark.parametrize(
    ("text", "code"), [("0.00000000001", "PRECISION"), ("1" * 19, "OUT_OF_RANGE"), ("1.", "INVALID_NUMBER")]
)
def test_a_price_with_more_places_than_any_market_has_is_refused(text: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        DecimalField().parse(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("1", 1),
        ("200", 200),
        ("0", "OUT_OF_RANGE"),
        ("201", "OUT_OF_RANGE"),
        ("-1", "OUT_OF_RANGE"),
        ("9" * 40, "OUT_OF_RANGE"),
        ("9" * 4_000, "OUT_OF_RANGE"),
        ("007", "INVALID_NUMBER"),
        ("", "INVALID_NUMBER"),
        ("1.0", "INVALID_NUMBER"),
        ("1e2", "INVALID_NUMBER"),
        ("+1", "INVALID_NUMBER"),
        (" 1", "INVALID_NUMBER"),
        ("1\n", "INVALID_NUMBER"),
        ("²", "INVALID_NUMBER"),
        ("٣", "INVALID_NUMBER"),
    ],
)
def test_a_limit_in_a_query_is_a_plain_whole_number(text: str, outcome: int | str) -> None:
    field = IntegerField(1, 200)
    if isinstance(outcome, int):
        assert field.parse_text(text) == outcome
        return
    with pytest.raises(DomainError) as refused:
        field.parse_text(text)
    assert refused.value.code == outcome


def test_an_integer_reaches_from_its_minimum_to_its_maximum_and_no_further() -> None:
    field = IntegerField(-5, INT64_MAX)
    assert [field.parse(value) for value in (-5, 0, INT64_MAX)] == [-5, 0, INT64_MAX]
    for beyond in (-6, INT64_MAX + 1):
        with pytest.raises(DomainError, match=f"between -5 and {INT64_MAX}"):
            field.parse(beyond)


GOOD: list[tuple[StrictField, str]] = [
    (SymbolField(), "BTC-USDB"),
    (SymbolField(), "BTC-USDB-PERP"),
    (SymbolField(), "1INCH-USDB"),
    (SymbolField(), "A1-B2"),
    (SymbolField(), f"{'A' * 10}-{'Z' * 10}-PERP"),
    (AssetField(), "BTC"),
    (AssetField(), "A" * 10),
    (ClientOrderIdField(), "a"),
    (ClientOrderIdField(), "A_b-9" * 7),
    (ClientOrderIdField(), "-"),
]
BAD: list[tuple[StrictField, str, str]] = [
    *((SymbolField(), text, "INVALID_SYMBOL") for text in ("A-BC", f"{'A' * 11}-BC", "BTC-USDB-perp")),
    *((SymbolField(), text, "INVALID_SYMBOL") for text in ("BTC-USDB-PERP-PERP", "BTC--USDB", "-USDB")),
    *(
        (SymbolField(), text, "INVALID_SYMBOL")
        for text in ("BTC/USDB", "BTC-USDB ", " BTC-USDB", "BTC-USDB\n")
    ),
    *((AssetField(), text, "INVALID_ASSET") for text in ("", "B", "A" * 11, "btc", "B TC", "BTC\n", "ВТС")),
    *((ClientOrderIdField(), text, "INVALID_CLIENT_ORDER_ID") for text in ("", "a" * 37, "a.b", "a\n", "ö")),
]


@pytest.mark.parametrize(("field", "text"), GOOD, ids=ascii)
def test_a_name_of_its_pattern_is_taken_as_it_is(field: StrictField, text: str) -> None:
    assert field.parse(text) == text == field.parse_text(text)


@pytest.mark.parametrize(("field", "text", "code"), BAD, ids=ascii)
def test_a_name_of_another_pattern_is_refused_with_its_own_code(
    field: StrictField, text: str, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        field.parse(text)
    assert refused.value.code == code


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("1700000000000", 1_700_000_000_000)])
def test_a_time_is_read_the_same_from_a_query_and_from_json(text: str, value: int) -> None:
    assert TimeField().parse_text(text) == TimeField().parse(value) == value


def test_the_last_time_is_the_first_millisecond_of_2100() -> None:
    assert TimeField().parse(LAST_TIME_MS) == 4_102_444_800_000
    for beyond in (LAST_TIME_MS + 1, -1):
        with pytest.raises(DomainError) as refused:
            TimeField().parse(beyond)
        assert refused.value.code == "INVALID_TIME"


@pytest.mark.parametrize("text", ["True", "TRUE", "1", "0", "yes", "on", "", "false "])
def test_a_flag_in_a_query_is_true_or_false_and_nothing_that_looks_like_it(text: str) -> None:
    assert [BooleanField().parse_text(good) for good in ("true", "false")] == [True, False]
    with pytest.raises(DomainError) as refused:
        BooleanField().parse_text(text)
    assert refused.value.code == "INVALID_CHOICE"


def test_a_wrong_choice_is_told_the_right_ones() -> None:
    with pytest.raises(DomainError, match="must be one of BUY, SELL") as refused:
        ChoiceField(["BUY", "SELL"]).parse("HOLD")
    assert refused.value.code == "INVALID_CHOICE"


@pytest.mark.parametrize(
    ("text", "kept"), [("a" * 64, "a" * 64), ("e\u0301" * 64, "é" * 64), ("", ""), ("\u212b", "Å")]
)
def test_a_text_is_measured_after_it_is_normalised(text: str, kept: str) -> None:
    assert TextField().parse(text) == kept


@pytest.mark.parametrize(
    "text", ["a\tb", "a\u00a0b", "\u2028", "\ue000", "\ufeff", "\u200d", "\u202e", "x" * 257]
)
def test_a_text_that_cannot_be_seen_as_it_is_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        TextField().parse(text)
    assert refused.value.code == "INVALID_TEXT"
