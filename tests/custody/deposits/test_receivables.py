"""What a reorg undid and the owner had spent: owed, frozen, met by what comes later, and thawed."""

import pytest
from django.db import transaction

from access.services import Origin
from custody.errors import AccountFrozen, InvalidState, SecondApproverNeeded
from custody.models import AccountFreeze, ReorgReceivable
from custody.rules.statuses import DepositStatus
from custody.selectors import is_frozen, owed_sats
from custody.services.freezes import end_freeze, freeze_account
from exchange.rules import TransferDirection
from exchange.services.markets import open_shard
from exchange.services.transfers import begin_transfer
from ledger.rules import Purpose
from ledger.services import hold_transfer, open_account, post_transfer
from tests.custody.support.house import BTC, CustodyHouse, balance, funds, only_deposit, person
from tests.support.invariants import assert_invariants_hold

pytestmark = pytest.mark.long

BY_OLGA = Origin(ip="10.0.0.1")


def spent(house: CustodyHouse, sats: int) -> None:
    """Alice has a credited bitcoin, of which so much has left her wallet."""
    house.watch()
    house.deposit("alice", BTC)
    leave("alice", sats)


def leave(name: str, sats: int) -> None:
    funding = open_account(owner_id=person(name).pk, asset="BTC", purpose=Purpose.FUNDING)
    demo = open_account(owner_id=None, asset="BTC", purpose=Purpose.DEMO_ISSUE)
    post_transfer(
        debit_id=funding.pk, credit_id=demo.pk, amount_atoms=sats, code="TEST", key=f"left-{name}-{sats}"
    )


def give(name: str, sats: int, key: str) -> None:
    demo = open_account(owner_id=None, asset="BTC", purpose=Purpose.DEMO_ISSUE)
    funding = open_account(owner_id=person(name).pk, asset="BTC", purpose=Purpose.FUNDING)
    post_transfer(debit_id=demo.pk, credit_id=funding.pk, amount_atoms=sats, code="TEST", key=key)


def test_a_reorg_takes_what_is_left_and_the_rest_is_owed(house: CustodyHouse) -> None:
    spent(house, BTC // 4 * 3)

    house.reorg(1, keep=False)

    receivable = ReorgReceivable.objects.get()
    assert (receivable.owed_sats, receivable.met_sats, receivable.number) == (BTC // 4 * 3, 0, 1)
    assert (funds("alice"), balance(Purpose.HOT_WALLET)) == (0, 0)
    assert balance(Purpose.REORG_RECEIVABLE) == -(BTC // 4 * 3)
    assert is_frozen(person("alice").pk)
    assert_invariants_hold()


def test_what_is_set_aside_is_not_taken(house: CustodyHouse) -> None:
    spent(house, 1)
    funding = open_account(owner_id=person("alice").pk, asset="BTC", purpose=Purpose.FUNDING)
    withdrawals = open_account(owner_id=None, asset="BTC", purpose=Purpose.WITHDRAWALS)
    hold_transfer(
        debit_id=funding.pk, credit_id=withdrawals.pk, amount_atoms=BTC // 2, code="TEST", key="held"
    )

    house.reorg(1, keep=False)

    funding.refresh_from_db()
    assert (funding.balance_atoms, funding.pending_debits_atoms) == (BTC // 2, BTC // 2)
    assert owed_sats(person("alice").pk) == BTC // 2 + 1
    assert_invariants_hold()


def test_later_money_meets_it_and_ends_the_freeze(house: CustodyHouse) -> None:
    spent(house, BTC)
    house.reorg(1, keep=False)
    alice = person("alice").pk

    give("alice", BTC // 4, "first")
    house.watch()
    assert (owed_sats(alice), funds("alice"), is_frozen(alice)) == (BTC // 4 * 3, 0, True)

    give("alice", BTC, "second")
    house.watch()

    assert (owed_sats(alice), funds("alice"), is_frozen(alice)) == (0, BTC // 4, False)
    assert balance(Purpose.REORG_RECEIVABLE) == 0
    assert_invariants_hold()


def test_the_deposit_itself_meets_it_when_it_is_mined_after_all(house: CustodyHouse) -> None:
    spent(house, BTC)
    house.reorg(1, keep=True)
    assert only_deposit().status == DepositStatus.REORGED

    house.chain.mine()
    house.watch()

    assert (only_deposit().status, only_deposit().credits) == (DepositStatus.CREDITED, 2)
    assert (funds("alice"), owed_sats(person("alice").pk)) == (0, 0)
    assert not is_frozen(person("alice").pk)
    assert_invariants_hold()


def test_several_are_met_oldest_first(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC, 2 * BTC)
    leave("alice", 3 * BTC)
    house.reorg(1, keep=False)
    give("alice", BTC + 5, "some")

    house.watch()

    met = list(ReorgReceivable.objects.order_by("pk").values_list("met_sats", flat=True))
    assert met == [BTC, 5]
    assert is_frozen(person("alice").pk)


def test_an_operators_freeze_does_not_end_by_itself(house: CustodyHouse) -> None:
    spent(house, BTC)
    house.reorg(1, keep=False)
    freeze_account(owner_id=person("alice").pk, origin=BY_OLGA, reason="asks too many questions")
    give("alice", BTC, "all")

    house.watch()

    assert owed_sats(person("alice").pk) == 0
    assert is_frozen(person("alice").pk)
    end_freeze(owner_id=person("alice").pk, origin=BY_OLGA, reason="has answered")
    assert not is_frozen(person("alice").pk)


def test_an_operator_does_not_end_his_own_freeze(house: CustodyHouse) -> None:
    alice = person("alice").pk
    freeze_account(owner_id=alice, origin=BY_OLGA, reason="asks too many questions")
    with pytest.raises(SecondApproverNeeded):
        end_freeze(owner_id=alice, origin=Origin(user_id=alice), reason="knows herself")
    assert is_frozen(alice)


def test_who_owes_and_was_let_go_is_frozen_again_by_the_next_reorg(house: CustodyHouse) -> None:
    spent(house, BTC)
    house.reorg(1, keep=True)
    end_freeze(owner_id=person("alice").pk, origin=BY_OLGA, reason="knows her")
    house.chain.mine()
    house.watch()
    give("alice", 1, "one")
    leave("alice", 1)

    house.reorg(1, keep=False)

    assert is_frozen(person("alice").pk)
    assert AccountFreeze.objects.count() == 2


@pytest.mark.parametrize("begin", [freeze_account, end_freeze])
def test_a_freeze_begins_and_ends_once(house: CustodyHouse, begin: object) -> None:
    alice = person("alice").pk
    freeze_account(owner_id=alice, origin=BY_OLGA, reason="first")
    if begin is end_freeze:
        end_freeze(owner_id=alice, origin=BY_OLGA, reason="over")
    with pytest.raises(InvalidState):
        begin(owner_id=alice, origin=BY_OLGA, reason="again")  # type: ignore[operator]


def test_a_frozen_account_moves_nothing_to_trading_but_may_take_it_back(house: CustodyHouse) -> None:
    open_shard(number=0)
    alice = person("alice").pk
    give("alice", BTC, "some")
    freeze_account(owner_id=alice, origin=BY_OLGA, reason="for a look")

    with pytest.raises(AccountFrozen):
        begin_transfer(
            user_id=alice,
            shard=0,
            direction=TransferDirection.TO_TRADING,
            asset="BTC",
            amount_atoms=5,
            key="in",
        )
    begin_transfer(
        user_id=alice, shard=0, direction=TransferDirection.TO_FUNDING, asset="BTC", amount_atoms=5, key="out"
    )


def test_a_transfer_from_before_the_freeze_is_answered_again(house: CustodyHouse) -> None:
    open_shard(number=0)
    alice = person("alice").pk
    give("alice", BTC, "some")

    def begin() -> int:
        with transaction.atomic():
            return begin_transfer(
                user_id=alice,
                shard=0,
                direction=TransferDirection.TO_TRADING,
                asset="BTC",
                amount_atoms=5,
                key="in",
            ).pk

    first = begin()
    freeze_account(owner_id=alice, origin=BY_OLGA, reason="for a look")

    assert begin() == first
