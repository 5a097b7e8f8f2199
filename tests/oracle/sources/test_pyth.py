"""Pyth's integers, exponents and times."""

from typing import Any

import pytest

from oracle.rules.quotes import Absent, Quote
from oracle.sources.pyth_feeds import FEEDS
from oracle.sources.registry import make_source
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import TIME_MS, pyth
from tests.oracle.sources.servers import page, run, serving


async def ask(body: Any) -> tuple[Quote, list[str]]:
    async with serving(page(body)) as server:
        source = make_source("pyth:BTC/USD", Surroundings({"pyth": server.address}))
        try:
            return await source.fetch(), server.asked
        finally:
            await source.close()


def test_it_asks_for_the_feed_of_bitcoin_in_dollars() -> None:
    _, asked = run(ask(pyth("6140993501000")))
    assert asked == [f"/v2/updates/price/latest?ids%5B%5D={FEEDS['BTC/USD']}&parsed=true"]


def test_a_quote_has_its_own_time_and_confidence() -> None:
    quote, _ = run(ask(pyth("6140993501000", "3287868567")))
    assert (quote.price_e8, quote.confidence_e8) == (6_140_993_501_000, 3_287_868_567)
    assert quote.time_ms == TIME_MS // 1000 * 1000


@pytest.mark.parametrize(
    ("price", "confidence", "exponent", "price_e8", "confidence_e8"),
    [
        ("60000", "12", 0, 6_000_000_000_000, 1_200_000_000),
        ("6", "1", 4, 6_000_000_000_000, 1_000_000_000_000),
        ("600001234567", "1", -12, 60_000_123, 1),
        ("6000012345678", "3", -10, 60_000_123_456, 1),
    ],
)
def test_the_exponent_moves_the_point_exactly(
    price: str, confidence: str, exponent: int, price_e8: int, confidence_e8: int
) -> None:
    """A price is rounded down and a confidence up where 8 decimals do not hold them."""
    quote, _ = run(ask(pyth(price, confidence, exponent)))
    assert (quote.price_e8, quote.confidence_e8) == (price_e8, confidence_e8)


@pytest.mark.parametrize(
    ("price", "confidence", "exponent", "reason"),
    [
        ("0", "0", -8, Absent.NO_PRICE),
        ("-6140993501000", "1", -8, Absent.MALFORMED),
        ("6140993501000", "-1", -8, Absent.MALFORMED),
        ("61e9", "1", -8, Absent.MALFORMED),
        ("6140993501000", "1", -13, Absent.MALFORMED),
        ("6140993501000", "1", 13, Absent.MALFORMED),
        ("６１", "1", -8, Absent.MALFORMED),
        ("", "1", -8, Absent.MALFORMED),
        ("1" * 90, "1", -8, Absent.MALFORMED),
    ],
)
def test_it_refuses_what_is_no_price(price: str, confidence: str, exponent: int, reason: Absent) -> None:
    with pytest.raises(SourceFailure) as failed:
        run(ask(pyth(price, confidence, exponent)))
    assert failed.value.reason is reason


@pytest.mark.parametrize("field", ["price", "conf", "expo"])
@pytest.mark.parametrize("value", [None, 1.5, [], {}, True, "x", 99])
def test_it_refuses_a_field_of_another_kind(field: str, value: object) -> None:
    body = pyth("6140993501000")
    body["parsed"][0]["price"][field] = value
    with pytest.raises(SourceFailure) as failed:
        run(ask(body))
    assert failed.value.reason is Absent.MALFORMED


def test_it_refuses_the_price_of_another_feed() -> None:
    body = pyth("6140993501000")
    body["parsed"][0]["id"] = FEEDS["USDT/USD"]
    with pytest.raises(SourceFailure) as failed:
        run(ask(body))
    assert failed.value.reason is Absent.NO_PRICE
