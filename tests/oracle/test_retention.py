"""Old rounds are forgotten; their minutes, and what every process needs to go on, are not."""

from oracle.models import Minute, Round
from oracle.rules.quotes import PRICE_ONE
from oracle.services import retention
from oracle.services.retention import DAY_MS, forget_old_rounds
from tests.oracle.rows import START_MS, House
from tests.support.invariants import assert_invariants_hold


def test_rounds_are_forgotten_when_they_are_old_and_minutes_are_not(house: House) -> None:
    house.rounds(60_000, 60_010, 60_020)
    house.now_ms += 2 * DAY_MS
    house.rounds(60_030, 60_040)
    assert forget_old_rounds(now_ms=house.now_ms, kept_days=1) == 3
    assert list(Round.objects.order_by("pk").values_list("pk", flat=True)) == [4, 5]
    assert Minute.objects.count() == 2
    assert_invariants_hold()


def test_the_last_price_stays_and_what_came_after_it(house: House) -> None:
    house.rounds(60_000, 60_010)
    house.round(60_020, sources=["kraken:BTC/USD"])
    assert forget_old_rounds(now_ms=START_MS + 30 * DAY_MS, kept_days=7) == 1
    house.restart()
    house.now_ms = START_MS + 30 * DAY_MS
    decided = house.round(60_500)
    assert decided.view.round_id == 4
    assert decided.cumulative > 0
    assert_invariants_hold()


def test_an_age_long_gone_still_is_what_a_jump_is_measured_from(house: House) -> None:
    house.round(60_000)
    house.restart()
    house.now_ms += 30 * DAY_MS
    halt = house.round(90_000).view.halt
    assert halt is not None
    assert halt.from_e8 == 60_000 * PRICE_ONE


def test_a_run_deletes_a_bounded_number(house: House) -> None:
    house.rounds(*range(60_000, 60_010))
    chunk, chunks = retention.CHUNK, retention.MAX_CHUNKS
    retention.CHUNK, retention.MAX_CHUNKS = 2, 3
    try:
        assert forget_old_rounds(now_ms=house.now_ms + 9 * DAY_MS, kept_days=7) == 6
    finally:
        retention.CHUNK, retention.MAX_CHUNKS = chunk, chunks
    assert Round.objects.order_by("pk").values_list("pk", flat=True)[0] == 7


def test_nothing_is_forgotten_where_nothing_is(house: House) -> None:
    assert forget_old_rounds(now_ms=START_MS, kept_days=1) == 0
