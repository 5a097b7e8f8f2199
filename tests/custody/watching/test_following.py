"""The watcher follows the chain: from where it begins, in steps, past sources that are behind or lie."""

import pytest
from pytest_django import Settings

from custody.models import ChainBlock, ChainPosition, Coin, Deposit
from custody.rules.statuses import DepositStatus
from custody.selectors import chain_view
from custody.services.watching.branches import BLOCKS_AT_ONCE
from custody.services.watching.rescan import rescan
from custody.services.watching.watcher import Watcher
from tests.custody.support.fake_bitcoind import FakeBitcoind
from tests.custody.support.house import BTC, CustodyHouse, funds, statuses
from tests.custody.support.lying import Lie
from tests.support.invariants import assert_invariants_hold
from tests.support.represented import represented

CREDITED = DepositStatus.CREDITED
CALLS = ("getblockhash", "getblock", "getrawmempool", "getrawtransaction")
# What each source makes of every lie its own tests say; here those stand for all that it lets through or not.
TOLD = (
    *(Lie.STUCK, Lie.NO_WORK, Lie.WRONG_BLOCK, Lie.CUT_BLOCK, Lie.WRONG_TRANSACTION, Lie.NULLS, Lie.CUT),
    Lie.LOST,
)
SLOW = (Lie.DRIP, Lie.SLOW_HEADERS)  # each call of them is waited for as long as a source may need


def test_a_new_installation_begins_a_few_blocks_below_the_tip(house: CustodyHouse) -> None:
    house.chain.mine(90)
    house.watch()

    assert house.position().height == house.chain.height == 100
    assert ChainBlock.objects.count() == 8  # the one to stand on, and from 94 on


def test_it_begins_at_a_height_that_is_asked_for(house: CustodyHouse, settings: Settings) -> None:
    house.pay("alice", BTC)
    house.chain.mine(20)
    settings.CHAIN_START_HEIGHT = 3

    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], BTC)
    assert ChainBlock.objects.order_by("height").values_list("height", flat=True)[0] == 2


def test_it_begins_with_the_first_block_where_that_is_asked_for(
    house: CustodyHouse, settings: Settings
) -> None:
    settings.CHAIN_START_HEIGHT = 0
    house.watch()

    assert ChainBlock.objects.count() == house.chain.height + 1


def test_it_catches_up_in_steps(house: CustodyHouse) -> None:
    house.watch()
    before = house.chain.height
    house.deposit("alice", BTC)
    house.chain.mine(2 * BLOCKS_AT_ONCE + 5)

    seen = []
    while house.watcher.run_once():
        seen.append(house.position().height - before - 1)

    assert seen[:3] == [BLOCKS_AT_ONCE, 2 * BLOCKS_AT_ONCE, 2 * BLOCKS_AT_ONCE + 5]


def test_a_deposit_from_while_it_was_away_is_credited(house: CustodyHouse) -> None:
    house.watch()
    house.pay("alice", BTC)
    house.chain.mine(80)
    house.restart()

    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], BTC)


def test_a_source_that_is_behind_takes_nothing_back(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC)
    with house.chain.lock:
        lost = house.chain.active.pop()
    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], BTC)
    view = chain_view()
    assert view is not None
    assert "below" in view.unfit

    with house.chain.lock:
        house.chain.active.append(lost)
    house.watch()
    view = chain_view()
    assert view is not None
    assert view.unfit == ""


@pytest.mark.parametrize("lie", represented([one for one in Lie if one not in SLOW], by=TOLD))
def test_a_source_that_lies_or_is_silent_moves_no_money(
    house: CustodyHouse, node: FakeBitcoind, lie: Lie
) -> None:
    house.watch()
    house.deposit("alice", BTC)
    house.pay("bob", BTC)
    house.chain.mine()
    node.lie = lie
    for _ in range(3):
        house.watcher.run_once()

    assert funds("alice") == BTC
    assert funds("bob") in (0, BTC)
    assert_invariants_hold()

    node.lie = None
    house.watch()
    assert (funds("alice"), funds("bob")) == (BTC, BTC)


@pytest.mark.parametrize("call", represented(CALLS, by=["getblock", "getrawmempool"]))
def test_a_source_that_fails_in_the_middle_is_asked_again(
    house: CustodyHouse, node: FakeBitcoind, call: str
) -> None:
    house.watch()
    house.deposit("alice", BTC)
    house.chain.reorg(1, keep=True)
    house.pay("bob", BTC)
    node.lie, node.only = Lie.HTML, call
    for _ in range(3):
        house.watcher.run_once()
    assert_invariants_hold()

    node.lie = None
    house.watch()
    house.chain.mine()
    house.watch()

    assert (funds("alice"), funds("bob")) == (BTC, BTC)
    assert_invariants_hold()


def test_a_chain_of_which_nothing_is_known_is_not_followed(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC)
    ChainBlock.objects.exclude(height=house.chain.height).delete()
    house.chain.reorg(1, keep=False)

    house.watch()

    assert funds("alice") == BTC
    assert "DISAGREE" in house.position().unfit


def test_two_watchers_credit_once(house: CustodyHouse) -> None:
    other = Watcher(house.source)
    house.watch()
    for number in range(4):
        house.pay("alice", BTC)
        house.chain.mine()
        (house.watcher if number % 2 else other).run_once()
        house.watcher.run_once()
        other.run_once()
    house.reorg(2, keep=True)
    other.run_once()
    house.chain.mine()
    other.run_once()
    house.watch()

    assert funds("alice") == 4 * BTC
    assert Deposit.objects.count() == 4
    assert_invariants_hold()


def known_coins() -> list[dict[str, object]]:
    """All but when they were last told."""
    return [{**row, "told_number": 0} for row in Coin.objects.order_by("pk").values()]


def test_reading_blocks_again_changes_nothing(house: CustodyHouse) -> None:
    house.watch()
    first = house.position().height
    house.deposit("alice", BTC, 2 * BTC, blocks=3)
    house.pay("alice", BTC)
    house.watch()
    before = known_coins()

    for from_height in (0, first, house.chain.height, house.chain.height + 9):
        rescan(house.source, from_height)
        house.watch()

    assert known_coins() == before
    assert funds("alice") == 3 * BTC
    assert_invariants_hold()


def test_reading_blocks_again_finds_what_came_before_the_beginning(house: CustodyHouse) -> None:
    house.pay("alice", BTC)
    house.chain.mine(130)
    house.watch()
    assert statuses() == []

    read: list[int] = []
    assert rescan(house.source, 0, read.append) == house.chain.height + 1
    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], BTC)
    assert read == [BLOCKS_AT_ONCE - 1, 2 * BLOCKS_AT_ONCE - 1, house.chain.height]
    assert_invariants_hold()


def test_another_networks_facts_are_never_gone_on_with(house: CustodyHouse, settings: Settings) -> None:
    house.watch()
    settings.BITCOIN_NETWORK = "main"

    with pytest.raises(AssertionError, match="another database"):
        house.watcher.run_once()
    assert ChainPosition.objects.get().network == "regtest"
