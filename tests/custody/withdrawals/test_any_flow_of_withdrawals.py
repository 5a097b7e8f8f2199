"""Any flow of requests, words of operators and steps of a signer: each ends as a plain model says it must."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from access.errors import DomainError
from access.services import Origin
from custody.models import Withdrawal
from custody.rules.statuses import WithdrawalEvent
from custody.rules.terms import SUPPLY_SATS
from custody.selectors_withdrawals import claimable
from custody.services.approvals import approve_withdrawal, reject_withdrawal
from custody.services.withdrawal_steps import locked_withdrawal, step
from custody.services.withdrawals import cancel_withdrawal
from tests.custody.withdrawals.scene import (
    BTC,
    FEE,
    Customer,
    assert_books_agree,
    customer,
    later,
    new_terms,
    operator,
)
from tests.support.represented import represented

STEPS = 60
LEADS = {
    "PLAN": ("APPROVED", "SIGNING"),
    "DROP_PLAN": ("SIGNING", "APPROVED"),
    "SIGN": ("SIGNING", "BROADCAST"),
}


@dataclass
class Known:
    """What the model knows of one withdrawal."""

    owner: Customer
    sats: int
    status: str
    is_alone: bool  # no operator had to agree
    approved_by: set[int | None] = field(default_factory=set)


class Flow:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.people = [customer(name, 6 * BTC) for name in ("alice", "bob")]
        self.balances = {one.id: 6 * BTC for one in self.people}
        self.operators = [operator(name) for name in ("olga", "oscar", "otto")]
        self.known: dict[object, Known] = {}
        self.turn = 0

    def run(self) -> None:
        deeds: list[Callable[[], None]] = [self.ask, self.ask, self.cancel, self.approve, self.approve]
        deeds += [self.reject, self.sign]
        for self.turn in range(1, STEPS + 1):
            self.chance.choice(deeds)()
            assert {one.pk: str(one.status) for one in Withdrawal.objects.all()} == {
                key: one.status for key, one in self.known.items()
            }
            assert {one.id: one.funding_sats() for one in self.people} == self.balances

    def ask(self) -> None:
        who = self.chance.choice(self.people)
        sats = self.chance.choice([10_000, BTC // 2, BTC, BTC + 1, 3 * BTC])
        outcome = ""
        try:
            asked = who.ask(sats, now=later(3 * self.turn))
        except DomainError as refusal:
            outcome = refusal.code
        assert outcome == ("" if sats + FEE <= self.balances[who.id] else "INSUFFICIENT_FUNDS")
        if not outcome:
            self.balances[who.id] -= sats + FEE
            is_alone = self._alone_sats(who) + sats <= BTC
            self.known[asked.pk] = Known(who, sats, "APPROVED" if is_alone else "AWAITING_APPROVAL", is_alone)

    def _alone_sats(self, who: Customer) -> int:
        """The whole flow is within a day."""
        returned = ("CANCELED", "REJECTED")
        own = [one for one in self.known.values() if one.owner is who and one.status not in returned]
        return sum(one.sats for one in own if one.is_alone)

    def cancel(self) -> None:
        who = self.chance.choice(self.people)

        def expected(one: Known) -> str:
            if one.owner is not who:
                return "NOT_FOUND"
            return "" if one.status in ("AWAITING_APPROVAL", "APPROVED", "CANCELED") else "INVALID_STATE"

        self._try(
            lambda key: cancel_withdrawal(owner_id=who.id, withdrawal_id=key, origin=Origin(who.id)),
            expected,
            "CANCELED",
        )

    def approve(self) -> None:
        by = self.chance.choice([*self.operators, Origin(self.people[0].id)])

        def expected(one: Known) -> str:
            if one.status != "AWAITING_APPROVAL":
                return "INVALID_STATE"
            is_barred = by.user_id == one.owner.id or by.user_id in one.approved_by
            return "SECOND_OPERATOR_NEEDED" if is_barred else ""

        one = self._try(
            lambda key: approve_withdrawal(withdrawal_id=key, origin=by, reason="seen"), expected, ""
        )
        if one is not None:
            one.approved_by.add(by.user_id)
            one.status = "APPROVED" if len(one.approved_by) == 2 else one.status

    def reject(self) -> None:
        by = self.chance.choice(self.operators)

        def expected(one: Known) -> str:
            return "" if one.status in ("AWAITING_APPROVAL", "APPROVED", "REJECTED") else "INVALID_STATE"

        self._try(
            lambda key: reject_withdrawal(withdrawal_id=key, origin=by, reason="no"), expected, "REJECTED"
        )

    def sign(self) -> None:
        event = self.chance.choice(list(LEADS))
        before, after = LEADS[event]
        self._try(
            lambda key: step(locked_withdrawal(key), WithdrawalEvent(event)),
            lambda one: "" if one.status == before else "INVALID_STATE",
            after,
        )

    def _try(self, work: Callable[..., object], expected: Callable[[Known], str], after: str) -> Known | None:
        """The one that it was done to, or None where it was refused as it must be."""
        if not self.known:
            return None
        key, one = self.chance.choice(list(self.known.items()))
        wanted, outcome = expected(one), ""
        try:
            work(key)
        except DomainError as refusal:
            outcome = refusal.code
        assert outcome == wanted, (self.turn, one)
        if outcome:
            return None
        if after in ("CANCELED", "REJECTED") and one.status != after:
            self.balances[one.owner.id] += one.sats + FEE
        one.status = after or one.status
        return one


@pytest.mark.parametrize("seed", represented(range(6), by=[1]))
@pytest.mark.usefixtures("custody")
def test_every_step_ends_as_the_model_says(seed: int) -> None:
    new_terms(
        user_day_count=1_000, user_day_sats=SUPPLY_SATS, house_hour_sats=SUPPLY_SATS, new_address_seconds=0
    )
    flow = Flow(seed)
    flow.run()
    approved = [key for key, one in flow.known.items() if one.status == "APPROVED"]
    assert claimable(later(1_000)) == approved
    assert_books_agree()
