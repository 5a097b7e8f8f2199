"""A process that listens to feeds decides in memory, tells at once, and writes in batches."""

import pytest
from django.db import connection
from redis import Redis

from oracle.models import IncidentKind, Minute, Round
from oracle.rules.encoding import decode_view
from oracle.rules.quotes import PRICE_ONE
from oracle.rules.uses import state_of
from oracle.rules.view import State
from oracle.services import rounds
from oracle.services.current import PRICE_KEY
from oracle.services.operators import halt_oracle, resume_oracle
from oracle.services.rounds import Overtaken, Pricing
from tests.oracle.rows import START_MS, House, by, committed_view, heard_prices, open_incident, quotes
from tests.support.invariants import assert_invariants_hold


def update(pricing: Pricing, dollars: int, now_ms: int) -> None:
    decided = pricing.decide(quotes(dollars, now_ms), [], now_ms)
    if pricing.is_urgent(decided):
        pricing.flush()
    else:
        pricing.publish(decided)


def told(redis: Redis) -> int:
    data = redis.get(PRICE_KEY)
    assert isinstance(data, bytes)
    return decode_view(data).round_id


def test_updates_are_told_at_once_and_written_together(house: House, redis: Redis) -> None:
    pricing = house.pricing
    pricing.flush()
    for number in range(100):
        update(pricing, 60_000 + number, START_MS + 10 * number)
    assert (told(redis), Round.objects.count(), pricing.waiting) == (100, 0, 100)
    assert pricing.flush() == 100
    minute = Minute.objects.get()
    assert (minute.open_e8, minute.close_e8) == (60_000 * PRICE_ONE, 60_099 * PRICE_ONE)
    assert (minute.rounds, Round.objects.count()) == (100, 100)
    assert committed_view().round_id == 100
    assert_invariants_hold()


def test_what_was_told_is_not_told_again_when_it_is_written(house: House, redis: Redis) -> None:
    house.pricing.flush()
    with heard_prices(redis) as prices:
        update(house.pricing, 61_001, START_MS)
        house.pricing.flush()
        house.pricing.flush()
        update(house.pricing, 61_002, START_MS + 10)
        heard = []
        while (price := next(prices)) != 61_002 * PRICE_ONE:
            heard.append(price)
    assert heard.count(61_001 * PRICE_ONE) == 1


def test_a_full_batch_is_written_without_being_asked(house: House) -> None:
    house.pricing.flush()
    for number in range(rounds.MAX_WAITING + 3):
        update(house.pricing, 60_000, START_MS + number)
    assert Round.objects.count() == rounds.MAX_WAITING


def test_a_halt_is_committed_before_anybody_hears_of_it(house: House, redis: Redis) -> None:
    house.pricing.flush()
    update(house.pricing, 60_000, START_MS)
    update(house.pricing, 80_000, START_MS + 1_000)
    assert open_incident(IncidentKind.HALT).needs_two
    assert (told(redis), house.pricing.waiting) == (2, 0)
    assert committed_view().halt is not None


def test_what_operators_do_is_heard_with_the_next_flush(house: House, olga: int) -> None:
    house.pricing.flush()
    update(house.pricing, 60_000, START_MS)
    halted = halt_oracle(origin=by(olga), reason="a rumour", now_ms=START_MS + 100)
    update(house.pricing, 60_010, START_MS + 200)
    house.pricing.flush()
    assert state_of(committed_view(), START_MS + 200)[0] is State.HALTED
    update(house.pricing, 60_020, START_MS + 700)
    house.pricing.flush()
    assert Round.objects.get(pk=3).price_e8 is None
    resume_oracle(incident_id=halted.pk, origin=by(olga), reason="nothing in it", now_ms=START_MS + 900)
    house.pricing.flush()
    update(house.pricing, 60_030, START_MS + 1_200)
    house.pricing.flush()
    assert committed_view().last is not None
    assert Round.objects.get(pk=4).price_e8 == 60_030 * PRICE_ONE
    assert_invariants_hold()


def test_who_was_overtaken_drops_what_it_decided(house: House) -> None:
    slow, fast = Pricing(), Pricing()
    slow.flush()
    update(slow, 60_000, START_MS)
    fast.run_round(quotes(60_050, START_MS + 10), [], START_MS + 10)
    with pytest.raises(Overtaken):
        slow.flush()
    assert slow.flush() == 0
    update(slow, 60_060, START_MS + 20)
    slow.flush()
    assert list(Round.objects.order_by("pk").values_list("price_e8", flat=True)) == [
        60_050 * PRICE_ONE,
        60_060 * PRICE_ONE,
    ]


def test_numbers_that_were_told_and_lost_are_not_given_again(house: House, redis: Redis) -> None:
    house.pricing.flush()
    for number in range(5):
        update(house.pricing, 60_000, START_MS + number)
    house.restart()
    house.pricing.flush()
    update(house.pricing, 60_100, START_MS + 10)
    house.pricing.flush()
    assert list(Round.objects.values_list("pk", flat=True)) == [6]
    assert told(redis) == 6


def test_a_dense_history_is_read_thinned_and_gives_the_same_average(house: House) -> None:
    house.pricing.flush()
    for number in range(1_200):
        update(house.pricing, 60_000 + number % 7, START_MS + 25 * number)
    house.pricing.flush()
    before = committed_view()
    house.restart()
    now_ms = START_MS + 25 * 1_200
    with connection.execute_wrapper(lambda execute, *rest: execute(*rest)):
        house.pricing.flush()
    after = house.pricing.decide(quotes(60_000, now_ms), [], now_ms).view
    assert before.twap_e8 is not None
    assert after.twap_e8 is not None
    assert abs(after.twap_e8 - before.twap_e8) < PRICE_ONE // 100
    assert after.twap_covered_ms == 25 * 1_200
    house.pricing.flush()
    assert_invariants_hold()
