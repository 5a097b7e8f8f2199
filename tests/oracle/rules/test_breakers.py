"""Whether a price has moved too far within a window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import Breaker
from oracle.rules.breakers import MoveWindow, Trip
from tests.oracle.rules.reference import trips

TEN_PERCENT = Breaker(100_000, 60, 300)


def trip_of(*points: tuple[int, int]) -> Trip | None:
    window = MoveWindow()
    return [window.add(time_ms, price, TEN_PERCENT) for time_ms, price in points][-1]


@pytest.mark.parametrize(
    ("points", "move_ppm"),
    [
        ([(0, 1_000), (60, 900)], None),
        ([(0, 1_000), (60, 899)], -101_000),
        ([(0, 1_000), (61, 899)], None),
        ([(0, 1_000), (60, 1_100)], None),
        ([(0, 1_000), (60, 1_101)], 101_000),
        ([(0, 1_000), (20, 950), (40, 899)], -101_000),
        ([(0, 1_000), (20, 1_050), (40, 944)], -100_953),
        ([(0, 899), (20, 1_000), (40, 990)], 101_223),
    ],
)
def test_more_than_the_threshold_against_any_price_of_the_window(
    points: list[tuple[int, int]], move_ppm: int | None
) -> None:
    found = trip_of(*points)
    assert (found and found.move_ppm) == move_ppm


def test_it_says_from_where_to_where() -> None:
    assert trip_of((0, 1_000), (10, 1_200), (20, 1_000)) == Trip(1_200, 1_000, -166_667)


def test_what_it_forgot_trips_nothing() -> None:
    window = MoveWindow()
    window.add(0, 1_000, TEN_PERCENT)
    window.clear()
    assert window.add(1, 500, TEN_PERCENT) is None


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(900, 1_150)), min_size=1, max_size=40),
    st.sampled_from([1, 20, 60, 200]),
)
def test_it_trips_where_looking_at_every_price_would(steps: list[tuple[int, int]], window_ms: int) -> None:
    points = []
    now_ms = 0
    for step_ms, price in steps:
        now_ms += step_ms
        points.append((now_ms, price))
    breaker, window = Breaker(100_000, window_ms, 300), MoveWindow()
    found = [window.add(time_ms, price, breaker) is not None for time_ms, price in points]
    assert found == trips(points, breaker.move_ppm, window_ms)
