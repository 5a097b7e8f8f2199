"""The time-weighted price, as a function of points and as a window that moves."""

from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import twap
from oracle.rules.twap import POINT_MS, TwapWindow
from tests.oracle.rules.reference import average

POINTS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 10**6)), min_size=1, max_size=20).map(
    lambda steps: [(sum(step for step, _ in steps[: n + 1]), price) for n, (_, price) in enumerate(steps)]
)


def test_a_price_counts_for_as_long_as_it_was_the_last() -> None:
    assert twap([(0, 100), (10, 200)], 0, 40) == 175
    assert twap([(0, 100), (10, 200)], 5, 40) == (5 * 100 + 30 * 200) // 35


def test_it_is_rounded_down() -> None:
    assert twap([(0, 1), (1, 2)], 0, 3) == 1


def test_what_is_not_known_counts_for_nothing() -> None:
    assert twap([(50, 100)], 0, 100) == 100
    assert twap([(50, 100)], 0, 49) is None
    assert twap([], 0, 100) is None


def test_a_window_of_no_length_has_the_price_at_its_end() -> None:
    assert twap([(0, 100), (10, 200)], 10, 10) == 200


@given(POINTS, st.integers(0, 600), st.integers(0, 900))
def test_it_is_the_mean_over_every_millisecond(points: list[tuple[int, int]], start: int, end: int) -> None:
    if end < points[0][0]:
        assert twap(points, start, end) is None
    else:
        assert twap(points, start, end) == average(points, start, end)


@given(POINTS, st.integers(1, 2_000), st.integers(0, 500))
def test_a_moving_window_is_exact_where_prices_are_a_second_apart(
    points: list[tuple[int, int]], window_ms: int, later_ms: int
) -> None:
    window = TwapWindow()
    seen = []
    for seconds, price in points:
        seen.append((seconds * POINT_MS, price))
        window.add(*seen[-1])
        now_ms = seen[-1][0] + later_ms
        value, covered_ms = window.value(now_ms, window_ms)
        assert value == twap(seen, now_ms - window_ms, now_ms)
        assert covered_ms == min(window_ms, now_ms - seen[0][0])


@given(POINTS, st.integers(1_000, 3_000))
def test_denser_prices_move_it_by_less_than_their_range_within_a_second(
    points: list[tuple[int, int]], window_ms: int
) -> None:
    dense = [(milliseconds * 7, price) for milliseconds, price in points]
    window = TwapWindow()
    for time_ms, price in dense:
        window.add(time_ms, price)
    now_ms = dense[-1][0] + 100
    value, covered_ms = window.value(now_ms, window_ms)
    exact = twap(dense, now_ms - window_ms, now_ms)
    assert value is not None
    assert exact is not None
    widest = max(price for _, price in dense) - min(price for _, price in dense)
    assert abs(value - exact) * covered_ms <= widest * POINT_MS + covered_ms


def test_a_window_is_never_more_points_than_its_seconds() -> None:
    window = TwapWindow()
    for time_ms in range(0, 30_000, 3):
        window.add(time_ms, 100)
        window.value(time_ms, 5_000)
    assert len(window._points) <= 7


def test_before_the_first_price_there_is_none() -> None:
    assert TwapWindow().value(100, 10) == (None, 0)
