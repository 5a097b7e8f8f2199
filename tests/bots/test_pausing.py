"""How long the bots leave the house alone: ever longer, as long as asked, and anew after a success."""

from ballast_sdk import ApiError, OutcomeUnknown
from exchange.bots.pausing import FIRST_S, LONGEST_S, Pause, asked_of_us


def test_each_failure_doubles_the_pause_up_to_a_bound() -> None:
    pause, now, waited = Pause(), 100.0, []
    for _ in range(8):
        pause.begin(now)
        waited.append(next(s / 100 for s in range(10_000) if pause.is_over(now + s / 100)))
        now += waited[-1]
    assert waited[:4] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S]
    assert waited[-1] == LONGEST_S


def test_after_a_success_it_begins_anew() -> None:
    pause = Pause()
    pause.begin(0.0)
    pause.begin(0.0)
    pause.succeeded()
    pause.begin(10.0)
    assert pause.is_over(10.0 + FIRST_S)


def test_what_the_house_asks_for_is_waited_for() -> None:
    pause = Pause()
    pause.begin(0.0, asked_of_us(ApiError("RATE_LIMITED", retry_after=20.0)))
    assert not pause.is_over(19.9)
    assert pause.is_over(20.0)


def test_of_an_unknown_outcome_nobody_says_how_long_to_wait() -> None:
    assert asked_of_us(OutcomeUnknown("orders.place_batch", "no answer")) is None
