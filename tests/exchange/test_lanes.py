"""The order of a batch: cancels, market makers, post-only, the rest; and whom nobody may overtake."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exchange.engine import commands as c
from exchange.engine.types import EVERYBODY, Side
from exchange.lanes import Entrant, Lane, Policies, arranged, order_of

FIFO, LANES = "FIFO-USD", "LANE-USD"
ALICE, BOB, CAROL, MAKER = 1, 2, 3, 9
POLICIES = Policies(frozenset({FIFO}), frozenset({LANES}), frozenset({(LANES, MAKER)}))


def _order(account: int, market: str = LANES, **rest: Any) -> c.PlaceOrder:
    return c.place_order(
        account=account, market=market, side=Side.BUY, price_ticks=1, quantity_lots=1, **rest
    )


def _nowhere(account: int, order_id: int, client_order_id: str) -> tuple[str, bool] | None:
    """Order 64 rests in the market of lanes, order 128 in the other one; nothing else does."""
    return {64: (LANES, True), 128: (FIFO, False)}.get(order_id)


def _arranged(*commands: c.Command) -> list[int]:
    return arranged(commands, POLICIES, _nowhere)


def test_cancels_then_makers_then_post_only_then_the_rest() -> None:
    taker, passive, quote = _order(ALICE), _order(BOB, post_only=True), _order(MAKER)
    cancel = c.cancel_order(account=CAROL, order_id=64)
    assert _arranged(taker, passive, quote, cancel) == [3, 2, 1, 0]


def test_without_a_market_of_lanes_the_order_of_arrival_stays() -> None:
    policies = Policies(frozenset({FIFO, LANES}), frozenset(), frozenset({(LANES, MAKER)}))
    commands: list[c.Command] = [_order(ALICE), _order(MAKER), c.cancel_order(account=BOB, order_id=64)]
    assert arranged(commands, policies, _nowhere) == [0, 1, 2]


def test_a_cancel_does_not_overtake_its_owners_order() -> None:
    assert _arranged(_order(ALICE), c.cancel_order(account=ALICE, order_id=64), _order(MAKER)) == [2, 0, 1]


def test_a_cancel_by_name_of_an_order_in_the_same_batch_keeps_its_fifo_market_in_order() -> None:
    placed = _order(ALICE, FIFO, client_order_id="a")
    cancel = c.cancel_order(account=ALICE, client_order_id="a")
    held_up: list[c.Command] = [_order(ALICE, LANES), placed, _order(BOB, FIFO), cancel]
    assert _arranged(*held_up, c.cancel_order(account=CAROL, order_id=64)) == [4, 0, 1, 2, 3]


def test_a_switch_set_with_each_batch_holds_up_nobodys_cancels() -> None:
    switch = c.set_switch(account=ALICE, timeout_ns=1)
    assert _arranged(_order(BOB), switch, c.cancel_order(account=ALICE, order_id=64)) == [1, 2, 0]


def test_an_amend_goes_with_the_orders_of_its_kind() -> None:
    amend = c.amend_order(account=ALICE, order_id=64, price_ticks=5)
    assert _arranged(_order(BOB), amend, _order(CAROL, post_only=True)) == [1, 2, 0]


def _named(account: int, order_id: int, client_order_id: str) -> tuple[str, bool] | None:
    """Alice's order "a" rests in the market of lanes and "f" in the other one."""
    return {"a": (LANES, False), "f": (FIFO, False)}.get(client_order_id) if account == ALICE else None


def test_an_order_under_a_taken_name_in_another_market_gets_no_amend_in_front() -> None:
    lure = _order(ALICE, FIFO, client_order_id="a")  # will be refused: the name is taken
    amend = c.amend_order(account=ALICE, client_order_id="a", price_ticks=5)
    cancel = c.cancel_order(account=BOB, order_id=64)
    assert arranged([_order(BOB, post_only=True), lure, amend, cancel], POLICIES, _named)[-1] == 2


def test_a_cancel_by_a_taken_name_keeps_its_place_in_the_market_of_the_order_that_rests() -> None:
    held = [_order(BOB, LANES), _order(BOB, FIFO)]
    lure = _order(ALICE, LANES, post_only=True, client_order_id="f")
    cancel = c.cancel_order(account=ALICE, client_order_id="f")
    assert arranged([*held, lure, cancel], POLICIES, _named) == [2, 0, 1, 3]


ENTRANTS = st.lists(
    st.builds(
        Entrant,
        st.sampled_from([EVERYBODY, ALICE, BOB, CAROL]),
        st.sampled_from(Lane),
        st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
    ),
    max_size=30,
)


@given(ENTRANTS)
def test_nobody_overtakes_his_own_or_within_a_fifo_market(entrants: list[Entrant]) -> None:
    order = order_of(entrants)
    assert sorted(order) == list(range(len(entrants)))
    place = {index: at for at, index in enumerate(order)}
    for later, (account, _, markets) in enumerate(entrants):
        for earlier in range(later):
            mine = account != EVERYBODY and entrants[earlier].account == account
            if mine or set(markets) & set(entrants[earlier].fifo):
                assert place[earlier] < place[later]


@given(ENTRANTS)
def test_whom_nothing_holds_up_is_put_before_every_slower_lane(entrants: list[Entrant]) -> None:
    order = order_of(entrants)
    place = {index: at for at, index in enumerate(order)}
    for index, entrant in enumerate(entrants):
        before = entrants[:index]
        free = not entrant.fifo and all(entrant.account != other.account for other in before)
        if free or (entrant.account == EVERYBODY and not entrant.fifo):
            slower = [at for at, other in enumerate(entrants) if other.lane > entrant.lane]
            assert all(place[index] < place[at] for at in slower)
