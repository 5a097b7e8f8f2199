"""What becomes of a vault's coin, over all states and facts."""

from dataclasses import replace
from itertools import product

import pytest

from vaults.rules.coins import RIVAL_DEPTH, CoinFacts, Spender, change_status, coin_status, must_be_frozen
from vaults.rules.statuses import CoinStatus as C

NOWHERE = CoinFacts(0, 2, False, 0, Spender.NOBODY, False, False)
POOL = replace(NOWHERE, in_mempool=True)
YOUNG, DEEP = replace(NOWHERE, confirmations=1), replace(NOWHERE, confirmations=2)
RIVAL = replace(NOWHERE, rival_depth=1)
FAR_RIVAL = replace(NOWHERE, rival_depth=RIVAL_DEPTH)
GIVEN_UP = replace(NOWHERE, is_given_up=True)
TAKEN = replace(DEEP, spender=Spender.STRANGER)
STATES = [None, *(one for one in C if one is not C.SPENT)]
NEW = (None, C.SEEN, C.CONFIRMED, C.DOUBLE_SPENT, C.LOST, C.TAKEN)
TABLE: dict[tuple[C | None, CoinFacts], C] = {
    **{(state, POOL): C.SEEN for state in NEW},
    **{(state, YOUNG): C.CONFIRMED for state in NEW},
    **{(state, NOWHERE): C.LOST for state in NEW},
    **{(state, RIVAL): C.DOUBLE_SPENT for state in NEW},
    **{(state, DEEP): C.CREDITED for state in (*NEW, C.CREDITED, C.GONE)},
    **{(state, TAKEN): C.TAKEN for state in STATES},
    (C.CREDITED, YOUNG): C.CREDITED,  # once credited, as long as it is in a block
    (C.GONE, YOUNG): C.GONE,
    **{(state, facts): C.GONE for state in (C.CREDITED, C.GONE) for facts in (POOL, NOWHERE, RIVAL)},
    **{(state, FAR_RIVAL): C.DOUBLE_SPENT for state in (*NEW, C.CREDITED, C.GONE)},
    (C.CREDITED, GIVEN_UP): C.GONE,
    (C.GONE, GIVEN_UP): C.LOST,
    (C.GONE, replace(GIVEN_UP, in_mempool=True)): C.GONE,
}


@pytest.mark.parametrize(("given", "following"), TABLE.items(), ids=str)
def test_each_state_leads_where_the_facts_say(given: tuple[C | None, CoinFacts], following: C) -> None:
    assert coin_status(*given) is following


def test_what_is_barred_is_never_credited_anew() -> None:
    barred = replace(DEEP, is_barred=True)
    for state in STATES:
        assert (coin_status(state, barred) is C.CREDITED) == (state is C.CREDITED)


def test_a_strangers_spend_in_the_mempool_takes_nothing_yet_and_gives_nothing_back() -> None:
    sighted = replace(DEEP, spender=Spender.SIGHTED)
    assert coin_status(C.CREDITED, sighted) is C.CREDITED
    assert coin_status(C.TAKEN, sighted) is C.TAKEN
    assert coin_status(C.TAKEN, DEEP) is C.CREDITED


def test_nothing_that_is_in_no_block_is_ever_collateral() -> None:
    for state, rival, pool in product(STATES, (0, 1, 9), (False, True)):
        facts = replace(NOWHERE, rival_depth=rival, in_mempool=pool)
        assert coin_status(state, facts) is not C.CREDITED
        assert change_status(facts) is not C.CREDITED


def test_frozen_is_who_owes_and_waits_for_a_coin_or_for_an_own_transaction() -> None:
    assert must_be_frozen(owes=True, coins=[C.CREDITED, C.GONE], is_any_suspended=False)
    assert not must_be_frozen(owes=False, coins=[C.GONE], is_any_suspended=False)
    assert not must_be_frozen(owes=True, coins=[C.DOUBLE_SPENT, C.LOST], is_any_suspended=False)
    assert must_be_frozen(owes=False, coins=[], is_any_suspended=True)
