"""The house's own market and the oracle: its book is shown there, and its band follows the price."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from exchange.broadcast import BookSnapshot
from exchange.engine.types import Side
from exchange.models import EngineRequest, Market
from exchange.services.house_quotes import hand_in_house_quotes, middle_e8
from exchange.services.reference_prices import LEAST_PAUSE_MS, follow_the_oracle, reference_wanted
from exchange.services.requests import request_reference_price
from oracle.rules.quotes import PRICE_ONE
from oracle.rules.uses import DisplayPrice
from oracle.rules.view import Degraded, Refusal, State
from oracle.services.operators import halt_oracle
from oracle.sources.handed import Handed, decode_handed, handed_key
from tests.exchange.scene import Scene, limit, open_scene
from tests.exchange.support import settle
from tests.oracle.rows import House, by
from tests.support.waiting import until

HANDED = handed_key("house:BTC-USDB")


@pytest.fixture
def scene(house: House, settings: Settings) -> Iterator[Scene]:
    settings.DEMO = True
    settings.ORACLE_SOURCES = [*settings.ORACLE_SOURCES, "house:BTC-USDB"]
    scene = open_scene()
    yield scene
    scene.close()


def market() -> Market:
    return Market.objects.get()


def banded() -> Market:
    Market.objects.update(band_ppm=50_000)
    return market()


def test_the_middle_of_the_house_book_is_handed_in(scene: Scene, redis: Redis) -> None:
    scene.tell(limit(scene.alice, Side.BUY, "49990.00", 100))
    scene.tell(limit(scene.bob, Side.SELL, "50010.01", 100))

    def is_handed_in() -> bool:
        scene.worker.run_once()  # a book goes out at most each fifty milliseconds
        return hand_in_house_quotes(now_ms=1_000) == 1

    until(is_handed_in)
    data = redis.get(HANDED)
    assert isinstance(data, bytes)
    assert decode_handed(data) == Handed(price_e8=5_000_000_500_000, time_ms=1_000)


def test_nothing_is_handed_in_of_a_book_with_one_side_or_without_its_engine(
    scene: Scene, redis: Redis
) -> None:
    scene.tell(limit(scene.alice, Side.BUY, "49990.00", 100))
    assert hand_in_house_quotes(now_ms=1_000) == 0
    scene.tell(limit(scene.bob, Side.SELL, "50010.00", 100))
    redis.delete("engine:0:alive")
    assert hand_in_house_quotes(now_ms=1_000) == 0
    assert redis.get(HANDED) is None


def test_a_book_that_cannot_be_read_is_passed_over(scene: Scene, redis: Redis) -> None:
    scene.tell(limit(scene.alice, Side.BUY, "49990.00", 100))
    redis.set("book:BTC-USDB", b"\xc1 of another release")
    assert hand_in_house_quotes(now_ms=1_000) == 0


@pytest.mark.parametrize(
    ("bid", "ask", "decimals", "middle"),
    [
        (4_999_000, 5_001_001, 2, 5_000_000_500_000),
        (1, 2, 8, 1),
        (1, 2, 0, 150_000_000),
        (300, 301, 10, 3),
    ],
)
def test_a_middle_is_whole_and_rounded_down(bid: int, ask: int, decimals: int, middle: int) -> None:
    assert middle_e8(BookSnapshot(1, 1, [(bid, 1)], [(ask, 1)]), decimals) == middle
    assert middle_e8(BookSnapshot(1, 1, [], [(ask, 1)]), decimals) is None


def test_a_band_follows_the_price_when_it_has_moved_enough(scene: Scene, house: House) -> None:
    banded()
    house.rounds(50_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    settle(scene.worker)
    assert market().reference_price_ticks == 5_000_000
    house.now_ms += LEAST_PAUSE_MS
    house.rounds(50_049)
    assert follow_the_oracle(now_ms=house.now_ms) == 0
    house.rounds(50_051)
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    settle(scene.worker)
    assert market().reference_price_ticks == 5_005_100
    assert EngineRequest.objects.latest("pk").requested_by_id is None


def test_a_market_is_asked_for_once_in_ten_seconds_and_never_while_one_waits(
    scene: Scene, house: House
) -> None:
    banded()
    house.rounds(50_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    settle(scene.worker)
    house.rounds(51_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 0
    house.now_ms += LEAST_PAUSE_MS
    house.rounds(51_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    house.now_ms += LEAST_PAUSE_MS
    house.rounds(52_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 0


def test_a_band_stands_around_the_last_trade_while_there_is_no_price(
    scene: Scene, house: House, olga: int
) -> None:
    banded()
    house.rounds(50_000)
    follow_the_oracle(now_ms=house.now_ms)
    settle(scene.worker)
    house.now_ms += LEAST_PAUSE_MS
    halt_oracle(origin=by(olga), reason="a rumour", now_ms=house.now_ms)
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    settle(scene.worker)
    assert market().reference_price_ticks == 0


def test_a_band_does_not_stay_where_it_was_when_nobody_is_asked_for_prices_any_more(
    scene: Scene, house: House, settings: Settings
) -> None:
    banded()
    house.rounds(50_000)
    follow_the_oracle(now_ms=house.now_ms)
    settle(scene.worker)
    settings.ORACLE_SOURCES = []
    house.now_ms += 2 * LEAST_PAUSE_MS
    assert follow_the_oracle(now_ms=house.now_ms) == 1
    settle(scene.worker)
    assert market().reference_price_ticks == 0
    house.now_ms += LEAST_PAUSE_MS
    assert follow_the_oracle(now_ms=house.now_ms) == 0


def test_what_an_operator_has_set_stays_while_there_is_no_price(
    scene: Scene, house: House, olga: int
) -> None:
    request_reference_price(market=banded(), price_ticks=7, reason="by hand", requested_by=olga)
    settle(scene.worker)
    assert follow_the_oracle(now_ms=house.now_ms) == 0
    assert market().reference_price_ticks == 7


def test_a_market_without_a_band_is_left_alone(scene: Scene, house: House) -> None:
    house.rounds(50_000)
    assert follow_the_oracle(now_ms=house.now_ms) == 0
    assert not EngineRequest.objects.exists()


def shown(state: State, reason: str = "", *, dollars: int = 60_000, simulated: bool = False) -> DisplayPrice:
    return DisplayPrice(dollars * PRICE_ONE, 0, state, reason, 0, 1, simulated)


@pytest.mark.parametrize(
    ("price", "before", "is_demo", "wanted"),
    [
        (shown(State.FRESH), 0, False, 6_000_000),
        (shown(State.FRESH), 6_000_000, False, None),
        (shown(State.FRESH, simulated=True), 0, False, None),
        (shown(State.FRESH, simulated=True), 0, True, 6_000_000),
        (shown(State.DEGRADED, Degraded.SOURCES_MISSING), 0, False, 6_000_000),
        (shown(State.DEGRADED, Degraded.LIQUIDATIONS_PAUSED), 0, False, 6_000_000),
        (shown(State.DEGRADED, Refusal.DISPERSED), 0, False, None),
        (shown(State.STALE), 5_000_000, False, 0),
        (shown(State.HALTED, "JUMP"), 5_000_000, True, 0),
        (shown(State.STALE), 0, False, None),
    ],
)
def test_which_reference_is_wanted(
    price: DisplayPrice, before: int, is_demo: bool, wanted: int | None
) -> None:
    row = Market(symbol="BTC-USDB", price_decimals=2, reference_price_ticks=before)
    assert reference_wanted(row, price, is_demo=is_demo) == wanted
