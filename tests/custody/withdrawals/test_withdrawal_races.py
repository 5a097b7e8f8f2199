"""Many at once, each with its own connection: nothing leaves twice, no limit is passed side by side."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from access.services import Origin
from custody.models import Withdrawal
from custody.rules.statuses import WithdrawalEvent
from custody.services.allowed_addresses import remove_address
from custody.services.approvals import approve_withdrawal, reject_withdrawal
from custody.services.stops import stop_withdrawals
from custody.services.terms import approve_terms, propose_terms
from custody.services.withdrawal_steps import locked_withdrawal, step
from custody.services.withdrawals import cancel_withdrawal
from ledger.rules import Purpose
from ledger.services import hold_transfer, open_account
from tests.custody.withdrawals.scene import (
    BTC,
    FEE,
    NOON,
    Customer,
    assert_books_agree,
    customer,
    later,
    new_terms,
    operator,
    status,
)
from tests.support.together import together

pytestmark = pytest.mark.usefixtures("committed_custody")

ROUNDS = 5
WHOLE = BTC - FEE


@transaction.atomic
def plan(withdrawal: Withdrawal) -> None:
    """What claims it for a signer."""
    step(locked_withdrawal(withdrawal.pk), WithdrawalEvent.PLAN)


def canceling(who: Customer, withdrawal: Withdrawal) -> partial[Withdrawal]:
    return partial(cancel_withdrawal, owner_id=who.id, withdrawal_id=withdrawal.pk, origin=Origin())


def test_of_fifty_with_one_code_exactly_one_goes() -> None:
    alice = customer("alice", BTC)
    outcomes = together(*[partial(alice.ask, WHOLE)] * 50)
    assert sorted(outcomes) == ["", *["CODE_REUSED"] * 49]
    assert (Withdrawal.objects.count(), alice.funding_sats()) == (1, 0)
    assert_books_agree()


def test_of_fifty_with_codes_of_their_own_exactly_one_goes() -> None:
    """A code of an earlier step than the last one that counted is refused before the money is looked at."""
    alice = customer("alice", BTC)
    outcomes = together(*[partial(alice.ask, WHOLE, now=later(3 * number)) for number in range(50)])
    assert outcomes.count("") == 1
    assert set(outcomes) <= {"", "INSUFFICIENT_FUNDS", "CODE_REUSED"}
    assert (Withdrawal.objects.count(), alice.funding_sats()) == (1, 0)
    assert_books_agree()


@pytest.mark.long
def test_once_the_money_is_gone_fifty_new_codes_say_so() -> None:
    alice = customer("alice", BTC)
    alice.ask(WHOLE)
    outcomes = together(*[partial(alice.ask, WHOLE, now=later(3 + 3 * number)) for number in range(50)])
    assert outcomes == ["INSUFFICIENT_FUNDS"] * 50
    assert_books_agree()


def test_one_key_sent_twenty_times_is_one_withdrawal() -> None:
    alice = customer("alice", 5 * BTC)
    outcomes = together(*[partial(alice.ask, BTC, key="rent")] * 20)
    assert outcomes == [""] * 20 or set(outcomes) == {"", "CODE_REUSED"}
    assert Withdrawal.objects.count() == 1
    assert alice.funding_sats() == 4 * BTC - FEE
    assert_books_agree()


def test_the_limit_of_the_house_counts_those_who_ask_at_the_same_time() -> None:
    new_terms(house_hour_sats=5 * BTC)
    people = [customer(f"p{number}", 3 * BTC) for number in range(12)]
    outcomes = together(*[partial(one.ask, BTC) for one in people])
    assert sorted(outcomes) == [*[""] * 5, *["WITHDRAWAL_LIMIT"] * 7]
    assert_books_agree()


def test_a_withdrawal_and_a_transfer_of_the_same_money() -> None:
    trading = open_account(owner_id=customer("t", 0).id, asset="BTC", purpose=Purpose.TRADING)
    for number in range(ROUNDS):
        alice = customer("alice", BTC)
        funding = open_account(owner_id=alice.id, asset="BTC", purpose=Purpose.FUNDING)
        hold = partial(
            hold_transfer,
            debit_id=funding.pk,
            credit_id=trading.pk,
            amount_atoms=BTC,
            code="TO_TRADING",
            key=f"hold-{number}",
        )
        assert sorted(together(partial(alice.ask, WHOLE), hold)) == ["", "INSUFFICIENT_FUNDS"]
    assert_books_agree()


def test_canceling_many_times_at_once_returns_the_money_once() -> None:
    alice = customer("alice", BTC)
    asked = alice.ask(WHOLE)
    assert together(*[canceling(alice, asked)] * 12) == [""] * 12
    assert alice.funding_sats() == BTC
    assert_books_agree()


def test_canceling_and_signing_at_once_come_to_one_end() -> None:
    for _ in range(ROUNDS):
        alice = customer("alice", BTC)
        asked = alice.ask(WHOLE)
        outcomes = together(canceling(alice, asked), partial(plan, asked))
        assert sorted(outcomes) == ["", "INVALID_STATE"]
        is_canceled = status(asked.pk) == "CANCELED"
        assert alice.funding_sats() == (BTC if is_canceled else 0)
    assert_books_agree()


def test_canceling_approving_and_rejecting_at_once_come_to_one_end() -> None:
    operators = [operator(f"o{number}") for number in range(3)]
    for _ in range(ROUNDS):
        alice = customer("alice", 2 * BTC)
        asked = alice.ask(BTC + 1)
        said: dict[str, Any] = {"withdrawal_id": asked.pk, "reason": "seen"}
        outcomes = together(
            canceling(alice, asked),
            partial(reject_withdrawal, origin=operators[0], **said),
            *[partial(approve_withdrawal, origin=one, **said) for one in operators[1:]],
        )
        assert set(outcomes) <= {"", "INVALID_STATE"}
        assert status(asked.pk) in ("CANCELED", "REJECTED")
        assert alice.funding_sats() == 2 * BTC
    assert_books_agree()


def test_one_operator_who_approves_many_times_at_once_counts_once() -> None:
    alice, olga = customer("alice", 2 * BTC), operator("olga")
    asked = alice.ask(BTC + 1)
    approve = partial(approve_withdrawal, withdrawal_id=asked.pk, origin=olga, reason="seen")
    assert sorted(together(*[approve] * 10)) == ["", *["SECOND_OPERATOR_NEEDED"] * 9]
    assert status(asked.pk) == "AWAITING_APPROVAL"


def test_removing_the_address_while_withdrawals_to_it_are_asked_for_leaves_none_unsigned() -> None:
    for _ in range(ROUNDS):
        alice = customer("alice", 3 * BTC)
        remove = partial(
            remove_address, owner_id=alice.id, address_id=alice.home.pk, now=NOON, origin=Origin()
        )
        outcomes = together(partial(alice.ask, BTC), remove, partial(alice.ask, BTC, now=later(2)))
        assert set(outcomes) <= {"", "WITHDRAWALS_HELD", "ADDRESS_NOT_ALLOWED", "CODE_REUSED"}
        assert alice.funding_sats() == 3 * BTC
    assert_books_agree()


def test_two_stops_at_once_are_one_and_two_proposals_too() -> None:
    stops = [partial(stop_withdrawals, origin=operator(f"s{n}"), reason="strange") for n in range(6)]
    assert sorted(together(*stops)) == ["", *["ALREADY_STOPPED"] * 5]
    proposing = [
        partial(propose_terms, changes={"fee_sats": 10 + n}, origin=operator(f"t{n}"), reason="x")
        for n in range(6)
    ]
    assert sorted(together(*proposing)) == ["", *["PROPOSAL_OPEN"] * 5]


def test_a_proposal_is_approved_once() -> None:
    proposal = propose_terms(changes={"fee_sats": 10}, origin=operator("olga"), reason="x")
    approving = [
        partial(approve_terms, proposal_id=proposal.pk, origin=operator(f"a{n}"), reason="seen", now=NOON)
        for n in range(6)
    ]
    assert sorted(together(*approving)) == ["", *["PROPOSAL_ENDED"] * 5]
