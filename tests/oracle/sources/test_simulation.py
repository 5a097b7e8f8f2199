"""The simulated price is one and the same everywhere, moves like a market, and stays sane for ever."""

import math
import statistics
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.rules.names import read_name
from oracle.sources.chance import noise, normal, uniform
from oracle.sources.simulated import Simulated
from oracle.sources.simulation import jumps, price_cents, volatility
from oracle.sources.surroundings import Surroundings
from tests.support.examples import examples

START_MS = 1_795_000_000_000
YEAR_MS = 365 * 86_400_000


def feed(number: int = 1, seed: str = "ballast", middle_price: int = 60_000) -> Simulated:
    name = f"simulated:{number}"
    return Simulated(name, read_name(name), Surroundings(seed=seed, middle_price=middle_price))


def test_every_process_shows_the_same_price() -> None:
    code = f"from oracle.sources.simulation import price_cents; print(price_cents('s', 60000, {START_MS}))"
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert int(ended.stdout) == price_cents("s", 60_000, START_MS)


def test_the_order_of_asking_changes_nothing() -> None:
    times = [START_MS + 977 * step for step in range(50)]
    forward = [feed().at(time).price_e8 for time in times]
    assert [feed().at(time).price_e8 for time in reversed(times)] == forward[::-1]


def test_another_seed_is_another_price() -> None:
    assert feed(seed="a").at(START_MS).price_e8 != feed(seed="b").at(START_MS).price_e8


def test_three_feeds_share_one_price_with_small_errors_of_their_own() -> None:
    for step in range(200):
        time_ms = START_MS + step * 40_000
        prices = [feed(number).at(time_ms).price_e8 for number in (1, 2, 3)]
        assert len(set(prices)) > 1
        assert (max(prices) - min(prices)) * 1000 < min(prices)


def test_a_quote_is_whole_cents_with_a_confidence_far_below_one_percent() -> None:
    for step in range(200):
        quote = feed().at(START_MS + step * 3_600_000)
        assert quote.price_e8 % 10**6 == 0
        assert quote.confidence_e8 is not None
        assert 0 < quote.confidence_e8 * 150 < quote.price_e8
        assert quote.simulated
        assert quote.time_ms == START_MS + step * 3_600_000


def test_minutes_move_about_as_much_as_bitcoin_does() -> None:
    prices = [price_cents("ballast", 60_000, START_MS + 60_000 * step) for step in range(5_000)]
    changes = [math.log(after / before) for before, after in pairwise(prices)]
    yearly = statistics.pstdev(changes) * math.sqrt(525_600)
    assert 0.2 < yearly < 1.5


def test_volatility_itself_changes() -> None:
    levels = [volatility("ballast", START_MS + 3_600_000 * step) for step in range(500)]
    assert min(levels) < 0.75 < 1.35 < max(levels)


def test_jumps_come_and_wear_off() -> None:
    left = [abs(jumps("ballast", START_MS + 60_000 * step)) for step in range(7 * 1440)]
    assert max(left) > 0.005
    assert statistics.median(left) < 0.002


@pytest.mark.parametrize("seed", ["ballast", "x", "7"])
def test_no_move_pauses_or_halts_anything(seed: str) -> None:
    """10 % in a minute would pause liquidations, 20 % in ten minutes minting."""
    for step in range(3_000):
        time_ms = START_MS + step * 600_000
        now, minute, ten = (price_cents(seed, 60_000, time_ms - back) for back in (0, 60_000, 600_000))
        assert abs(now - minute) * 10 < minute
        assert abs(now - ten) * 5 < ten


@examples(200, deadline=None)
@given(time_ms=st.integers(0, START_MS + 50 * YEAR_MS), seed=st.text(max_size=5))
def test_it_stays_around_its_middle_for_ever(time_ms: int, seed: str) -> None:
    assert 15_000 < price_cents(seed, 60_000, time_ms) // 100 < 240_000


@given(place=st.integers(-(2**70), 2**70))
def test_chance_is_within_its_bounds(place: int) -> None:
    assert 0 < uniform("s", place) < 1
    assert -8 < normal("s", place) < 8


def test_noise_is_a_line_between_its_values() -> None:
    assert noise("s", 7_000, 1_000) == normal("s", 7)
    assert noise("s", 7_500, 1_000) == pytest.approx((normal("s", 7) + normal("s", 8)) / 2)
