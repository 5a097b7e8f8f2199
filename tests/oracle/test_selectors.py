"""What other apps may ask: the price for money is that of the committed row, and scans find every round."""

from collections.abc import Iterator

import pytest

from oracle.errors import NoPrice, OracleDegraded, OracleHalted, OracleStale, OracleUnconfirmed
from oracle.rules.quotes import PRICE_ONE
from oracle.rules.view import State
from oracle.selectors import (
    MAX_ROUNDS,
    price_for_display,
    price_for_liquidation,
    price_for_mint,
    rounds_after,
)
from tests.oracle.outside.rounds import THREE, halt, make_round, now_ms, same, sources

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _three_sources(transactional_db: None) -> Iterator[None]:
    with sources():
        yield


def test_before_the_first_round_there_is_no_price_for_money() -> None:
    for ask in (price_for_mint, price_for_liquidation):
        with pytest.raises(NoPrice) as refused:
            ask(now_ms=now_ms())
        assert (refused.value.code, refused.value.status) == ("ORACLE_UNAVAILABLE", 503)
    shown = price_for_display(now_ms=now_ms())
    assert (shown.price_e8, shown.state) == (None, State.STALE)


def test_money_gets_the_careful_price_of_the_committed_round() -> None:
    make_round(same(60_000), age_ms=2_000)
    decided = make_round({"simulated:1": 60_000, "simulated:2": 60_010, "simulated:3": 60_030})
    mint = price_for_mint(now_ms=now_ms())
    assert (mint.price_e8, mint.round_id) == (60_000 * PRICE_ONE, decided.view.round_id)
    band = price_for_liquidation(now_ms=now_ms())
    assert (band.lower_e8, band.upper_e8) == (60_000 * PRICE_ONE, 60_017 * PRICE_ONE + PRICE_ONE // 2)
    assert mint.simulated is band.simulated is True
    assert price_for_display(now_ms=now_ms()).price_e8 == 60_010 * PRICE_ONE


def test_one_round_alone_liquidates_nobody() -> None:
    make_round(same(60_000))
    assert price_for_mint(now_ms=now_ms()).price_e8 == 60_000 * PRICE_ONE
    with pytest.raises(OracleUnconfirmed):
        price_for_liquidation(now_ms=now_ms())


def test_what_is_wrong_with_the_price_is_said_to_whoever_wants_it_for_money() -> None:
    make_round(same(60_000), age_ms=1_000)
    with pytest.raises(OracleStale):
        price_for_mint(now_ms=now_ms() + 10_001)
    make_round(same(60_000, THREE[:2]))
    with pytest.raises(OracleDegraded) as degraded:
        price_for_mint(now_ms=now_ms())
    assert degraded.value.details == {"reason": "INSUFFICIENT_SOURCES"}
    halt("for a look")
    with pytest.raises(OracleHalted) as halted:
        price_for_liquidation(now_ms=now_ms())
    assert halted.value.details["reason"] == "for a look"
    assert price_for_display(now_ms=now_ms()).price_e8 == 60_000 * PRICE_ONE


def test_a_scan_finds_every_round_once_and_in_order() -> None:
    ids = [make_round(same(60_000 + age), age_ms=age).view.round_id for age in (300, 200, 100, 0)]
    seen: list[int] = []
    while page := rounds_after(seen[-1] if seen else 0, limit=3):
        seen += [row.pk for row in page]
    assert seen == ids
    assert rounds_after(ids[-1]) == []
    assert len(rounds_after(0, limit=MAX_ROUNDS + 1)) == 4
