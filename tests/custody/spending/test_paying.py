"""A withdrawal's way from its approval to the chain and the books."""

from access.services import Origin
from custody.models import Coin, CoinSource, Spend, SpendCoin, Withdrawal
from custody.rules.terms import Terms
from custody.selectors_spends import hot_shortage, sent_tx, spend_of
from custody.services.freezes import freeze_account
from custody.services.spending.ask import ask_signers
from custody.services.spending.coins import MAX_SOURCE_BYTES
from custody.services.spending.plan import plan_withdrawals
from custody.services.stops import stop_by_itself
from custody.services.withdrawals import cancel_withdrawal
from ledger.rules import Purpose
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    only_spend,
    plan_of,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import FEE, Customer, later, operator


def test_it_plans_signs_and_tells_in_one_turn(house: PayingHouse, alice: Customer) -> None:
    withdrawal = alice.ask(BTC)

    turn = house.turn()

    assert (turn.planned, turn.signed, turn.told) == (1, 1, 1)
    spend = only_spend()
    version = latest(spend)
    assert (spend.status, version.verdict, version.tellings) == ("BROADCAST", "ACCEPTED", 1)
    assert is_in_mempool(house, version.txid)
    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.txid, withdrawal.vout) == ("BROADCAST", version.txid, 0)
    assert tx_of(version).outputs[0].value_sats == BTC
    assert version.vbytes - 2 <= len(bytes(version.raw)) <= version.vbytes + 120
    assert spend_of(version.txid) == spend
    assert sent_tx(version) == tx_of(version)


def test_it_books_what_is_deep_enough(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.settle()

    spend = only_spend()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert (spend.status, spend.settlements, spend.settled_txid) == ("SETTLED", 1, latest(spend).txid)
    assert balance(Purpose.WITHDRAWALS) == 0
    assert balance(Purpose.FEES) == FEE
    assert balance(Purpose.MINER_FEES) == -latest(spend).fee_sats
    assert balance(Purpose.HOT_WALLET) == -(10 * BTC - BTC - latest(spend).fee_sats)
    assert_all_is_true()


def test_change_comes_back_and_is_spent_again(house: PayingHouse, alice: Customer) -> None:
    for number in range(3):
        alice.ask(BTC, now=later(number))
        house.settle()
    assert withdrawal_statuses() == ["CONFIRMED"] * 3
    booked = Coin.objects.filter(is_booked=True)
    assert sum(coin.value_sats for coin in booked) == -balance(Purpose.HOT_WALLET)
    assert_all_is_true()


def test_one_transaction_pays_many(house: PayingHouse, alice: Customer, bob: Customer) -> None:
    for number in range(4):
        alice.ask(BTC // 10, now=later(number))
        bob.ask(BTC // 5, now=later(number))
    house.settle()
    plan = plan_of(latest(only_spend()))
    assert len(plan.payments) == 8
    assert withdrawal_statuses() == ["CONFIRMED"] * 8
    outputs = tx_of(latest(only_spend())).outputs
    paid = {one.vout: one.amount_sats for one in Withdrawal.objects.all()}
    assert [outputs[vout].value_sats for vout in range(8)] == [paid[vout] for vout in range(8)]
    assert_all_is_true()


def test_unconfirmed_change_of_our_own_is_spent_up_to_five_in_a_row(
    house: PayingHouse, alice: Customer
) -> None:
    for number in range(12):
        alice.ask(BTC // 100, now=later(number))
        house.pay()
    planned = Spend.objects.count()
    assert planned == 10  # of two coins five in a row each
    house.mine()
    house.pay()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 12
    assert_all_is_true()


def test_nothing_is_claimed_where_the_hot_wallet_lacks_coins(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    Withdrawal.objects.update(amount_sats=11 * BTC)
    assert house.turn().planned == 0
    assert withdrawal_statuses() == ["APPROVED"]
    assert hot_shortage(house.now) == BTC


def test_a_small_one_does_not_wait_for_a_large_one(house: PayingHouse, alice: Customer) -> None:
    large, small = alice.ask(BTC // 2, now=later(0)), alice.ask(BTC // 2, now=later(1))
    Withdrawal.objects.filter(pk=large.pk).update(amount_sats=11 * BTC)
    assert small.status == "APPROVED"
    assert house.turn().planned == 1
    assert withdrawal_statuses() == ["APPROVED", "BROADCAST"]


def test_what_is_frozen_after_its_approval_is_not_paid(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    freeze_account(owner_id=alice.id, origin=operator("olga"), reason="a test")
    assert house.turn().planned == 0


def test_a_stop_lets_nothing_be_planned(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    stop_by_itself(reason="a test")
    assert house.turn().planned == 0
    assert withdrawal_statuses() == ["APPROVED"]


def test_a_plan_that_nobody_was_asked_for_is_given_up_when_a_stop_comes(
    house: PayingHouse, alice: Customer
) -> None:
    withdrawal = alice.ask(BTC)
    plan_withdrawals(rate=5_000, terms=Terms(), now=house.now)
    assert withdrawal_statuses() == ["SIGNING"]
    stop_by_itself(reason="a test")

    turn = house.turn()

    assert (turn.dropped, turn.planned, turn.signed) == (1, 0, 0)
    assert only_spend().status == "DROPPED"
    assert withdrawal_statuses() == ["APPROVED"]
    cancel_withdrawal(owner_id=alice.id, withdrawal_id=withdrawal.pk, origin=Origin())
    assert withdrawal_statuses() == ["CANCELED"]
    assert_all_is_true()


def test_a_stop_between_signing_and_the_first_telling_keeps_it_in_the_house(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    plan_withdrawals(rate=5_000, terms=Terms(), now=house.now)
    ask_signers(house.outside, now=house.now)
    stop_by_itself(reason="a test")

    assert house.turn().told == 0

    version = latest(only_spend())
    assert version.tellings == 0
    assert sent_tx(version) is None
    assert not is_in_mempool(house, version.txid)


def test_a_stale_plan_is_made_anew(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    plan_withdrawals(rate=5_000, terms=Terms(), now=house.now)
    turn = house.turn(minutes=2)
    assert (turn.dropped, turn.planned, turn.signed) == (1, 1, 1)
    assert withdrawal_statuses() == ["BROADCAST"]
    assert_all_is_true()


def test_a_coin_out_of_a_transaction_that_no_signer_reads_is_left_alone(
    house: PayingHouse, alice: Customer
) -> None:
    """Who pays us decides how large his transaction is, and must not hold up others by it."""
    heavy = Coin.objects.get(value_sats=4 * BTC)
    CoinSource.objects.filter(pk=heavy.txid).update(raw=b"x" * (MAX_SOURCE_BYTES + 1))
    alice.ask(BTC)
    assert house.turn().planned == 0
    house.refill(2 * BTC)
    assert house.turn().signed == 1
    assert SpendCoin.objects.get().coin.value_sats == 2 * BTC
