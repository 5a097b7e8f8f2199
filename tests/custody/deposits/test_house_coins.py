"""What comes to the house by itself: refills, coins to cold storage, and what is spent from there."""

import pytest

from custody.bitcoin.types import OutPoint, TxOut
from custody.models import Coin, HouseCoin, UnexpectedSpend
from custody.services.wallets import change_place, cold_place, refill_address
from ledger.rules import Purpose
from tests.custody.support.fake_chain import spend
from tests.custody.support.house import BTC, CustodyHouse, balance
from tests.support.invariants import assert_invariants_hold

pytestmark = pytest.mark.long

HOT, COLD, HOUSE = Purpose.HOT_WALLET, Purpose.COLD_STORAGE, Purpose.HOUSE


def books() -> tuple[int, int, int]:
    return balance(HOT), balance(COLD), balance(HOUSE)


def arrived(house: CustodyHouse, script: bytes, sats: int = BTC) -> OutPoint:
    house.watch()
    txid = house.chain.pay(script, sats)
    house.chain.mine()
    house.watch()
    return OutPoint(txid, 0)


def refill_script() -> bytes:
    return bytes(refill_address().script)


def test_a_refill_is_the_houses_capital_in_the_hot_wallet(house: CustodyHouse) -> None:
    arrived(house, refill_script())

    assert books() == (-BTC, 0, BTC)
    assert_invariants_hold()


def test_a_sighted_refill_is_not_counted(house: CustodyHouse) -> None:
    house.watch()
    house.chain.pay(refill_script(), BTC)
    house.watch()

    assert books() == (0, 0, 0)
    assert not HouseCoin.objects.get().is_counted


def test_somebodys_payment_to_a_change_address_is_the_houses(house: CustodyHouse) -> None:
    arrived(house, bytes(change_place().script))

    assert books() == (-BTC, 0, BTC)
    assert_invariants_hold()


def test_what_comes_to_cold_storage_from_elsewhere_is_capital_there(house: CustodyHouse) -> None:
    arrived(house, bytes(cold_place().script))

    assert books() == (0, -BTC, BTC)
    assert_invariants_hold()


def test_a_reorg_takes_a_refill_out_of_the_books_and_its_block_brings_it_back(house: CustodyHouse) -> None:
    arrived(house, refill_script())
    house.reorg(1, keep=True)
    assert books() == (0, 0, 0)
    assert_invariants_hold()

    house.chain.mine()
    house.watch()

    assert books() == (-BTC, 0, BTC)
    assert HouseCoin.objects.get().counts == 2
    assert_invariants_hold()


def test_cold_coins_that_their_holder_sends_home_leave_only_the_fee_to_the_house(
    house: CustodyHouse,
) -> None:
    cold = arrived(house, bytes(cold_place().script))
    back = TxOut(BTC // 4, refill_script())
    change = TxOut(BTC // 4 * 3 - 500, bytes(cold_place().script))
    house.chain.send(spend([cold], [back, change]))
    house.chain.mine()
    house.watch()

    assert books() == (-(BTC // 4), -(BTC // 4 * 3 - 500), BTC - 500)
    assert not UnexpectedSpend.objects.exists()  # nobody here could have signed it
    assert_invariants_hold()

    house.reorg(1, keep=False)

    assert books() == (0, -BTC, BTC)
    assert_invariants_hold()


def test_a_reorg_of_arrival_and_departure_leaves_nothing(house: CustodyHouse) -> None:
    cold = arrived(house, bytes(cold_place().script))
    house.chain.send(spend([cold], [TxOut(BTC - 900, b"\x51")]))
    house.chain.mine()
    house.watch()
    assert books() == (0, 0, 0)

    house.reorg(2, keep=False)

    assert books() == (0, 0, 0)
    assert not Coin.objects.filter(is_booked=True).exists()
    assert_invariants_hold()


def test_a_coin_that_was_spent_before_it_was_deep_is_never_counted(house: CustodyHouse) -> None:
    house.watch()
    txid = house.chain.pay(bytes(cold_place().script), BTC)
    house.chain.send(spend([OutPoint(txid, 0)], [TxOut(BTC - 900, b"\x51")]))
    house.chain.mine()
    house.watch()

    assert books() == (0, 0, 0)
    assert_invariants_hold()
