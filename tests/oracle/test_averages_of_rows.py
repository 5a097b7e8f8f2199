"""The average over stored rounds says what it is made of."""

import pytest
from django.db import connection

from oracle.rules.quotes import PRICE_ONE
from oracle.selectors import accepted_until
from oracle.selectors_history import twap_of
from tests.oracle.rows import House, quotes

MINUTE_MS = 60_000


def at(house: House, minute: int, dollars: int, *, simulated: bool) -> int:
    now_ms = house.now_ms + minute * MINUTE_MS
    house.pricing.run_round(quotes(dollars, now_ms, simulated=simulated), [], now_ms)
    return now_ms


def test_an_average_is_simulated_as_long_as_a_simulated_price_counts_in_it(house: House) -> None:
    at(house, 0, 60_000, simulated=True)
    at(house, 30, 61_000, simulated=False)
    end_ms = at(house, 40, 61_000, simulated=False)
    mixed = twap_of(window_ms=20 * MINUTE_MS, end_ms=end_ms)
    assert (mixed.price_e8, mixed.is_simulated) == (60_500 * PRICE_ONE, True)
    real = twap_of(window_ms=10 * MINUTE_MS, end_ms=end_ms)
    assert (real.price_e8, real.is_simulated) == (61_000 * PRICE_ONE, False)


@pytest.mark.django_db
def test_the_last_price_before_a_long_halt_is_found_without_reading_the_halt() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = accepted_until(1_000)[:1].explain()
    assert "using oracle_round_accepted on" in plan, plan
    assert "Sort" not in plan, plan
