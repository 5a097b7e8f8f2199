"""A deposit is shown when it is sighted, credited when it is deep enough, and never twice."""

import pytest
from pytest_django import Settings

from custody.bitcoin.types import Network, Role, TxOut
from custody.models import ChainPosition, Coin, WalletKey
from custody.rules.statuses import DepositStatus
from custody.selectors import deposits_of, small_sats
from custody.services.wallet_keys import keep_key
from ledger.models import Transfer
from ledger.rules import Purpose
from tests.custody.support.house import (
    BTC,
    CustodyHouse,
    address_of,
    balance,
    funds,
    only_deposit,
    person,
    script_of,
    statuses,
)
from tests.custody.support.wallets import account
from tests.support.invariants import assert_invariants_hold

CREDITED, CONFIRMED, SEEN = DepositStatus.CREDITED, DepositStatus.CONFIRMED, DepositStatus.SEEN


@pytest.fixture
def main_house(house: CustodyHouse, settings: Settings) -> CustodyHouse:
    """With the depths of the main network, on a chain that can be mined."""
    settings.BITCOIN_NETWORK = "main"
    WalletKey.objects.all().delete()
    keep_key(role=Role.HOT, key=account("hot", Role.HOT, Network.MAIN).key, party="the house")
    house.watch()
    return house


def test_it_shows_a_sighting_that_counts_for_nothing(house: CustodyHouse) -> None:
    house.watch()
    house.pay("alice", BTC)

    house.watch()

    assert statuses() == [SEEN]
    assert funds("alice") == 0
    assert_invariants_hold()


def test_it_credits_what_is_deep_enough_and_books_the_coin(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC)

    deposit = only_deposit()
    assert (deposit.status, deposit.credits, deposit.amount_sats) == (CREDITED, 1, BTC)
    assert deposit.coin.is_booked
    assert (funds("alice"), balance(Purpose.HOT_WALLET)) == (BTC, -BTC)
    assert_invariants_hold()


def test_it_credits_a_deposit_that_was_never_sighted(house: CustodyHouse) -> None:
    house.watch()
    house.chain.mine(1, transactions=[house.chain.payment([TxOut(5_000, script_of("alice"))])])

    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], 5_000)


def test_two_outputs_to_one_address_are_two_deposits(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC, BTC, 2 * BTC)

    assert statuses() == [CREDITED] * 3
    assert funds("alice") == 4 * BTC
    assert_invariants_hold()


def test_deposits_of_several_people_in_one_transaction_go_to_each(house: CustodyHouse) -> None:
    house.watch()
    paid = [("alice", 7_000), ("bob", 8_000), ("alice", 9_000)]
    house.chain.send(house.chain.payment([TxOut(sats, script_of(name)) for name, sats in paid]))
    house.chain.mine()

    house.watch()

    assert (funds("alice"), funds("bob")) == (16_000, 8_000)


def test_small_deposits_wait_for_two_blocks_and_larger_ones_longer(main_house: CustodyHouse) -> None:
    main_house.deposit("alice", BTC // 100)
    main_house.deposit("bob", BTC // 2)
    assert statuses() == [CREDITED, CONFIRMED]  # two blocks over the first, one over the second

    main_house.chain.mine()
    main_house.watch()
    assert statuses() == [CREDITED, CONFIRMED]

    main_house.chain.mine()
    main_house.watch()
    assert statuses() == [CREDITED, CREDITED]
    assert_invariants_hold()


def test_a_sum_in_pieces_waits_as_long_as_in_one(main_house: CustodyHouse) -> None:
    main_house.deposit("alice", *[BTC // 20] * 25)  # 1.25 BTC: six blocks

    for _ in range(4):
        main_house.chain.mine()
        main_house.watch()
        assert set(statuses()) == {CONFIRMED}
        [view, *_] = deposits_of(person("alice").pk)
        assert view.required == 6
    main_house.chain.mine()
    main_house.watch()

    assert set(statuses()) == {CREDITED}
    assert funds("alice") == 25 * (BTC // 20)


def test_what_is_credited_and_young_still_counts_for_the_next_one(main_house: CustodyHouse) -> None:
    main_house.deposit("alice", BTC * 9 // 100, blocks=2)
    assert statuses() == [CREDITED]

    main_house.deposit("alice", BTC * 9 // 100, blocks=2)  # 0.18 BTC together: three blocks
    assert statuses() == [CREDITED, CONFIRMED]

    main_house.chain.mine()
    main_house.watch()
    assert statuses() == [CREDITED, CREDITED]


def test_a_coinbase_waits_for_a_hundred_blocks(house: CustodyHouse) -> None:
    house.watch()
    house.chain.mine(1, script=script_of("alice"))
    house.chain.mine(98)
    house.watch()
    assert (statuses(), funds("alice")) == ([CONFIRMED], 0)

    house.chain.mine()
    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], 50 * BTC)
    assert_invariants_hold()


def test_a_coin_below_the_least_deposit_is_kept_and_not_credited(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", 999, 1_000)

    assert statuses() == [CREDITED]
    assert funds("alice") == 1_000
    assert small_sats(person("alice").pk) == 999
    assert Coin.objects.filter(watched=address_of("alice")).count() == 2
    assert_invariants_hold()


def test_turns_without_news_change_nothing(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC)
    before = (Transfer.objects.count(), ChainPosition.objects.get().facts_number)

    for _ in range(3):
        house.restart()
        house.watch()

    assert (Transfer.objects.count(), ChainPosition.objects.get().facts_number) == before
