"""A track that is made from rows goes on as the one that wrote them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import Breaker, Decided, PriceTrack
from oracle.rules.incidents import Kind
from tests.oracle.rules.telling import POLICY, Teller
from tests.support.examples import examples

# Windows of a few rounds, so that everything is forgotten and remembered within one test.
SHORT = replace(
    POLICY,
    liquidations=Breaker(100_000, 6_000, 9_000),
    minting=Breaker(150_000, 12_000, 14_000),
    twap_window_ms=10_000,
)
STEP = st.tuples(
    st.sampled_from(["tell", "tell", "tell", "tell", "resume", "halt", "end"]),
    st.integers(85, 115),
    st.sampled_from([3, 3, 3, 2]),
    st.sampled_from([1_000, 2_000, 2_000, 7_000, 11_000]),
)


def step(teller: Teller, what: str, price: int, sources: int, after_ms: int) -> Decided | None:
    match what:
        case "resume":
            teller.resume()
        case "halt":
            teller.halt("because")
        case "end":
            teller.now_ms += 1
            teller.end_pause(teller.track.end_pause(Kind.LIQUIDATIONS_PAUSED, teller.now_ms))
        case _:
            return teller.tell(str(price), sources=sources, after_ms=after_ms)
    return None


@examples(300)
@given(st.lists(STEP, max_size=25), st.integers(0, 25))
def test_restored_at_any_point_it_decides_the_same(steps: list[Any], at: int) -> None:
    told, restored = Teller(SHORT), Teller(SHORT)
    for number, one in enumerate(steps):
        if number == at:
            restored.track = restored.restored()
        assert step(told, *one) == step(restored, *one)


def test_it_knows_what_was_last_known() -> None:
    teller = Teller()
    teller.tell("100", "101", "102")
    assert teller.restored().view(POLICY) == teller.track.view(POLICY)


def test_nothing_kept_is_a_new_track_that_goes_on_counting() -> None:
    track = PriceTrack.restore([], [], POLICY, round_id=7)
    assert track.last is None
    assert track.round_id == 7


@pytest.mark.parametrize("resumed", [False, True])
def test_a_halt_outlives_the_process(resumed: bool) -> None:
    teller = Teller()
    teller.tell("100", "100", "50")
    if resumed:
        teller.resume()
    teller.track = teller.restored()
    decided = teller.tell("50")
    assert (decided.accepted is not None) is resumed
    assert (decided.view.halt is None) is resumed
