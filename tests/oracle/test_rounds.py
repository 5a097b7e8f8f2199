"""A round is a row with its minute, the current price, and word of it in Redis: all of it, or nothing."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings
from redis import Redis

from oracle.errors import NoPrice
from oracle.models import Current, Minute, Round
from oracle.rules.encoding import decode_view, verdicts_from_json
from oracle.rules.quotes import PRICE_ONE, Absence, Absent, Verdict
from oracle.rules.view import Refusal, State
from oracle.selectors import price_for_display, price_for_mint
from oracle.services.current import PRICE_KEY
from oracle.services.rounds import Pricing
from tests.oracle.rows import PERIOD_MS, SOURCES, START_MS, House, committed_view, heard_prices, quotes
from tests.support.invariants import assert_invariants_hold

MANUAL = Path(__file__).parents[2] / "docs" / "operating.md"


def test_an_accepted_round_is_a_row_a_minute_and_the_current_price(house: House) -> None:
    decided = house.round(60_000)
    row, minute = Round.objects.get(), Minute.objects.get()
    assert (row.pk, row.time_ms, row.refusal) == (1, START_MS + PERIOD_MS, "")
    assert (row.price_e8, row.confidence_e8, row.is_halted) == (60_000 * PRICE_ONE, 0, False)
    assert [one.verdict for one in verdicts_from_json(row.verdicts)] == [Verdict.KEPT] * 3
    prices = (minute.open_e8, minute.high_e8, minute.low_e8, minute.close_e8)
    assert prices == (60_000 * PRICE_ONE,) * 4
    assert (minute.start_ms, minute.rounds) == (START_MS, 1)
    assert committed_view() == decided.view


def test_it_is_told_after_the_commit(house: House, redis: Redis) -> None:
    with heard_prices(redis) as prices:
        decided = house.round(61_003)
        while next(prices) != 61_003 * PRICE_ONE:
            pass
    told = redis.get(PRICE_KEY)
    assert isinstance(told, bytes)
    assert decode_view(told) == decided.view


def test_a_refused_round_is_a_row_without_a_price_and_no_part_of_a_minute(house: House) -> None:
    house.round(60_000)
    absences = [Absence(SOURCES[2], Absent.TIMED_OUT)]
    house.round(60_100, sources=SOURCES[:2], absences=absences)
    row = Round.objects.get(pk=2)
    assert (row.price_e8, row.confidence_e8) == (None, None)
    assert row.refusal == Refusal.INSUFFICIENT_SOURCES
    assert Minute.objects.get().rounds == 1
    view = committed_view()
    assert view.refusal is Refusal.INSUFFICIENT_SOURCES
    assert view.last is not None
    assert view.last.price_e8 == 60_000 * PRICE_ONE


def test_minutes_and_the_running_sum_are_those_of_their_rounds(house: House) -> None:
    house.now_ms = START_MS + 52_000
    house.rounds(60_000, 60_300, 59_900, 60_100, 60_200)
    first, second = Minute.objects.order_by("start_ms")
    bar = [
        one // PRICE_ONE
        for one in (first.open_e8, first.high_e8, first.low_e8, first.close_e8, second.open_e8)
    ]
    assert bar == [60_000, 60_300, 59_900, 59_900, 60_100]
    assert (first.rounds, second.rounds, second.start_ms) == (3, 2, START_MS + 60_000)
    sums = [int(row.cumulative) // PRICE_ONE for row in Round.objects.order_by("pk")]
    assert sums == [0, 120_000_000, 240_600_000, 360_400_000, 480_600_000]
    assert_invariants_hold()


def test_simulated_quotes_mark_the_round_and_its_minute(house: House, settings: Settings) -> None:
    settings.ORACLE_SOURCES = names = ["simulated:1", "simulated:2", "simulated:3"]
    made_up = quotes(60_000, START_MS, sources=names, simulated=True)
    house.pricing.run_round(made_up, [], START_MS)
    assert Round.objects.get().is_simulated
    assert Minute.objects.get().is_simulated
    assert committed_view().simulated


def test_real_sources_after_simulated_ones_begin_as_if_there_had_been_no_price(
    house: House, settings: Settings
) -> None:
    settings.ORACLE_SOURCES = names = ["simulated:1", "simulated:2", "simulated:3"]
    for _ in range(3):
        house.now_ms += PERIOD_MS
        made_up = quotes(60_000, house.now_ms, sources=names, simulated=True)
        house.pricing.run_round(made_up, [], house.now_ms)
    settings.ORACLE_SOURCES = list(SOURCES)
    house.restart()
    first = house.round(90_000)
    assert first.accepted is not None
    assert first.view.confirming is None
    assert (first.view.halt, first.begun) == (None, ())
    second = house.round(90_010)
    assert second.view.confirming is not None
    assert not second.view.simulated
    house.restart()
    assert house.round(120_000).view.halt is not None
    assert_invariants_hold()


@pytest.mark.parametrize("table", ["oracle_round", "oracle_minute", "oracle_current"])
def test_a_fault_at_any_step_leaves_no_part_of_a_round(house: House, table: str) -> None:
    house.rounds(60_000, 60_010)
    before = (Round.objects.count(), Minute.objects.get().rounds, committed_view())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fail()"
        )
    try:
        with pytest.raises(DatabaseError, match="the disk is full"):
            house.round(60_020)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION fail() CASCADE")
    assert (Round.objects.count(), Minute.objects.get().rounds, committed_view()) == before
    house.round(60_030)
    assert Round.objects.count() == 3
    assert_invariants_hold()


def test_a_redis_that_is_away_costs_no_round(house: House, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    house.rounds(60_000, 60_010)
    assert committed_view().round_id == 2


def test_another_process_goes_on_where_the_first_was(house: House) -> None:
    house.rounds(60_000, 60_100, 60_050)
    house.restart()
    decided = house.round(60_060)
    assert decided.view.round_id == 4
    assert decided.view.confirming is not None
    assert decided.cumulative == Decimal(Round.objects.get(pk=3).cumulative) + 60_050 * PRICE_ONE * PERIOD_MS
    assert decided.view.twap_covered_ms == 3 * PERIOD_MS
    assert_invariants_hold()


def test_two_processes_in_turn_make_the_rounds_that_one_would_make(house: House, redis: Redis) -> None:
    prices = [60_000, 60_200, 59_900, 60_300, 60_100, 60_400, 60_000, 60_250]
    alone = House(pricing=house.pricing)
    turns = [Pricing(), Pricing()]
    for number, price in enumerate(prices):
        house.pricing = turns[number % 2]
        house.round(price)
    together = [committed_view(), list(Round.objects.order_by("pk").values_list("price_e8", "cumulative"))]
    Round.objects.all().delete()
    Minute.objects.all().delete()
    Current.objects.all().delete()
    redis.flushdb()
    alone.pricing = Pricing()
    alone.rounds(*prices)
    assert [
        committed_view(),
        list(Round.objects.order_by("pk").values_list("price_e8", "cumulative")),
    ] == together


def test_what_a_clock_that_was_ahead_left_is_taken_out_as_the_manual_says(house: House) -> None:
    house.rounds(60_000, 60_010)
    right_ms = house.now_ms
    house.now_ms += 3_600_000
    house.rounds(60_020, 60_030)
    house.now_ms = right_ms
    assert house.round(60_040).view.refusal is Refusal.INSUFFICIENT_SOURCES  # each quote is an hour old
    with connection.cursor() as cursor:
        for statement in re.findall(
            r"^ *((?:DELETE|UPDATE) .*oracle_.*);$", MANUAL.read_text(), re.MULTILINE
        ):
            cursor.execute(statement.replace("extract(epoch FROM now()) * 1000", str(house.now_ms)))
    house.restart()
    decided = house.round(60_050)
    assert decided.accepted is not None
    assert (decided.view.round_ms, decided.view.round_id) == (house.now_ms, 6)
    assert_invariants_hold()


def test_what_another_release_left_in_another_shape_stops_no_round(house: House) -> None:
    house.rounds(60_000, 60_010)
    Current.objects.update(view=b"another shape")
    Round.objects.update(verdicts=[99, "another shape"])
    assert price_for_display(now_ms=house.now_ms).state is State.STALE
    with pytest.raises(NoPrice):
        price_for_mint(now_ms=house.now_ms)
    house.restart()
    decided = house.round(60_020)
    assert (decided.view.round_id, decided.view.confirming is not None) == (3, True)
    assert committed_view() == decided.view


def test_a_clock_that_goes_back_makes_no_round_of_the_past(house: House) -> None:
    house.rounds(60_000, 60_010)
    latest_ms = house.now_ms
    house.now_ms -= 3 * PERIOD_MS
    assert house.round(60_020).view.round_ms == latest_ms
    assert_invariants_hold()
