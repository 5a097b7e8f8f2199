"""Where to resume the queue, and how decimals become integers: every case."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules import (
    STREAM_START,
    ResumeAfter,
    StreamPosition,
    entry_order,
    next_entry_id,
    resume_point,
    scaled,
)

AT = StreamPosition("run/token", "100-5")
PARTS = st.integers(0, 2**63 - 1)
ENTRY_IDS = st.builds(lambda milliseconds, counter: f"{milliseconds}-{counter}", PARTS, PARTS)


@pytest.mark.parametrize(
    ("generation", "last", "expected"),
    [
        ("run/token", "100-5", ResumeAfter("100-5", suspect=False)),
        ("run/token", "100-6", ResumeAfter("100-5", suspect=False)),
        ("run/token", "101-0", ResumeAfter("100-5", suspect=False)),
        ("run/token", "1000-0", ResumeAfter("100-5", suspect=False)),
        ("run/token", "100-4", ResumeAfter(STREAM_START, suspect=True, until="100-4")),
        ("run/token", "99-999", ResumeAfter(STREAM_START, suspect=True, until="99-999")),
        ("run/token", "0-0", ResumeAfter(STREAM_START, suspect=True, until="0-0")),
        ("run/other", "100-5", ResumeAfter(STREAM_START, suspect=True, until="100-5")),
        ("other/token", "200-0", ResumeAfter(STREAM_START, suspect=True, until="200-0")),
        ("", "100-5", ResumeAfter(STREAM_START, suspect=True, until="100-5")),
    ],
)
def test_resume_after_what_is_stored_unless_the_stream_is_another_one(
    generation: str, last: str, expected: ResumeAfter
) -> None:
    assert resume_point(stored=AT, generation=generation, last_generated_id=last) == expected


def test_a_shard_that_never_read_trusts_no_stream() -> None:
    never = StreamPosition("", STREAM_START)
    found = resume_point(stored=never, generation="run/token", last_generated_id="7-0")
    assert found == ResumeAfter(STREAM_START, suspect=True, until="7-0")


@given(ENTRY_IDS, ENTRY_IDS)
def test_it_never_skips_what_may_not_have_been_applied(stored: str, last: str) -> None:
    found = resume_point(stored=StreamPosition("g", stored), generation="g", last_generated_id=last)
    if entry_order(last) >= entry_order(stored):
        assert found == ResumeAfter(stored, suspect=False)
    else:
        assert found == ResumeAfter(STREAM_START, suspect=True, until=last)


@given(PARTS, PARTS)
def test_entry_ids_are_ordered_as_redis_orders_them(milliseconds: int, counter: int) -> None:
    entry_id = f"{milliseconds}-{counter}"
    assert entry_order(entry_id) == (milliseconds, counter)
    assert entry_order(next_entry_id(entry_id)) == (milliseconds, counter + 1)
    assert entry_order(str(milliseconds)) == (milliseconds, 0)


@given(st.integers(0, 10**24), st.integers(0, 12))
def test_a_decimal_becomes_exactly_so_many_units(units: int, decimals: int) -> None:
    text = format(Decimal(units).scaleb(-decimals), "f")
    assert scaled(text, decimals) == units
    assert scaled(text + ("00" if "." in text else ".00"), decimals) == units


@given(st.integers(0, 10**12), st.integers(1, 9), st.integers(0, 8), st.integers(0, 5))
def test_one_place_too_many_is_none_unless_it_is_a_zero(
    whole: int, digit: int, decimals: int, zeros: int
) -> None:
    assert scaled(f"{whole}.{'0' * decimals}{digit}{'0' * zeros}", decimals) is None
    assert scaled(f"{whole}.{'0' * (decimals + zeros)}", decimals) == whole * 10**decimals


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("61234.57", 2, 6123457),
        ("61234.5", 2, 6123450),
        ("61234", 2, 6123400),
        ("0.001", 2, None),
        ("0", 8, 0),
    ],
)
def test_examples(text: str, decimals: int, expected: int | None) -> None:
    assert scaled(text, decimals) == expected
