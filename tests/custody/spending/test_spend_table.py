"""A spend's life as one table, and what facts about its coins come to."""

from itertools import product

import pytest

from custody.rules.spends import (
    TRANSITIONS,
    Contest,
    HeldCoin,
    Settle,
    SpendEvent,
    Unsettle,
    Version,
    Wait,
    decide,
    next_status,
)
from custody.rules.statuses import SpendStatus

OURS, OTHER, STRANGER = "aa", "bb", "ff"
VERSIONS = (
    Version(0, frozenset({OURS}), frozenset({1, 2})),
    Version(1, frozenset({OTHER}), frozenset({1, 2, 3})),
)
BROADCAST = SpendStatus.BROADCAST


def facts(*coins: tuple[str, int | None], booked: bool = True) -> list[HeldCoin]:
    return [HeldCoin(number, by, at, booked) for number, (by, at) in enumerate(coins, start=1)]


def decided(
    status: SpendStatus, coins: list[HeldCoin], *, settled: str = "", height: int = 100, needed: int = 1
) -> object:
    return decide(status, settled, coins, VERSIONS, height=height, confirmations_needed=needed)


def test_every_pair_leads_where_the_table_says_or_is_refused() -> None:
    for pair in product(SpendStatus, SpendEvent):
        assert next_status(*pair) is TRANSITIONS.get(pair)
    ends = {pair[0] for pair in product(SpendStatus, SpendEvent) if TRANSITIONS.get(pair)}
    assert SpendStatus.DROPPED not in ends


def test_nothing_that_may_be_signed_is_dropped_once_it_is_signed() -> None:
    for status in (SpendStatus.BROADCAST, SpendStatus.SETTLED, SpendStatus.CONTESTED):
        assert next_status(status, SpendEvent.DROP) is None


@pytest.mark.parametrize(("height", "needed", "is_deep"), [(100, 1, True), (100, 2, False), (101, 2, True)])
def test_it_settles_once_it_is_deep_enough(height: int, needed: int, is_deep: bool) -> None:
    coins = facts((OURS, 100), (OURS, 100), ("", None))
    found = decided(BROADCAST, coins, height=height, needed=needed)
    assert found == (Settle(0, OURS) if is_deep else None)


def test_the_version_that_the_chain_has_is_settled() -> None:
    assert decided(BROADCAST, facts((OTHER, 90), (OTHER, 90), (OTHER, 90))) == Settle(1, OTHER)


def test_a_version_that_did_not_spend_all_of_its_coins_is_not_settled() -> None:
    assert decided(BROADCAST, facts((OTHER, 90), (OTHER, 90), ("", None))) is None


def test_it_waits_for_change_that_is_not_booked_yet() -> None:
    assert decided(BROADCAST, facts((OURS, 90), (OURS, 90), ("", None), booked=False)) == Wait()


def test_what_waits_in_the_mempool_changes_nothing() -> None:
    assert decided(BROADCAST, facts((OURS, None), (OURS, None), ("", None))) is None


@pytest.mark.parametrize("at", [None, 95])
def test_a_stranger_that_spends_a_coin_is_a_contest(at: int | None) -> None:
    assert decided(BROADCAST, facts((OURS, None), (STRANGER, at), ("", None))) == Contest(STRANGER)
    assert decided(SpendStatus.CONTESTED, facts((STRANGER, at), ("", None), ("", None))) is None


def test_a_version_of_ours_ends_a_contest() -> None:
    assert decided(SpendStatus.CONTESTED, facts((OURS, 95), (OURS, 95), ("", None))) == Settle(0, OURS)


@pytest.mark.parametrize(
    "coins",
    [
        facts(("", None), ("", None), ("", None)),
        facts((OURS, None), (OURS, None), ("", None)),
        facts((OTHER, 99), (OTHER, 99), (OTHER, 99)),
        facts((STRANGER, 99), (OURS, None), ("", None)),
    ],
)
def test_what_left_the_chain_is_undone(coins: list[HeldCoin]) -> None:
    assert decided(SpendStatus.SETTLED, coins, settled=OURS) == Unsettle()


def test_what_is_in_the_chain_at_another_height_stays_settled() -> None:
    coins = facts((OURS, 100), (OURS, 100), ("", None))
    assert decided(SpendStatus.SETTLED, coins, settled=OURS, needed=6) is None
