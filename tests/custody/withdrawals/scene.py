"""Customers, operators and a clock of code steps. Amounts are satoshis; everything begins at NOON."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from access.second_factor import code_at, seed_second_factor, step_at
from access.second_factor.codes import new_secret
from access.services import Origin
from custody.identities_withdrawals import WITHDRAWAL_CHECKS
from custody.models import AllowedAddress, Withdrawal
from custody.services.allowed_addresses import Target, seed_address
from custody.services.terms import approve_terms, propose_terms
from custody.services.withdrawals import Wanted, request_withdrawal
from ledger.models import Account
from ledger.rules import Purpose
from ledger.selectors import examine
from ledger.services import issue_demo_funds, open_account

BTC = 100_000_000
FEE = 2_000
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=30)
HOME = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
OTHER = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
_numbers = count(1)


def later(steps: int) -> datetime:
    """So many codes after NOON."""
    return NOON + timedelta(seconds=30 * steps)


@dataclass(frozen=True)
class Customer:
    user: User
    secret: str
    home: AllowedAddress

    @property
    def id(self) -> int:
        return int(self.user.pk)

    def code(self, now: datetime) -> str:
        return code_at(self.secret, step_at(now))

    def funding_sats(self) -> int:
        return Account.objects.get(owner=self.user, asset_id="BTC", purpose=Purpose.FUNDING).balance_atoms

    def ask(self, sats: int, *, now: datetime = NOON, **changes: Any) -> Withdrawal:
        """A withdrawal to the old address of the list, with the code of `now`, under a new key."""
        code = changes.pop("code", self.code(now))
        values = {"owner_id": self.id, "target": Target(address_id=self.home.pk), "amount_sats": sats}
        wanted = Wanted(**{"key": f"key-{next(_numbers)}", **values, **changes})
        return request_withdrawal(wanted=wanted, code=code, now=now, origin=Origin(self.id, ip="203.0.113.9"))


def user(name: str) -> User:
    return User.objects.create(username=f"{name}-{next(_numbers)}")


def customer(name: str, sats: int = 10 * BTC) -> Customer:
    person = user(name)
    secret = new_secret()
    seed_second_factor(user_id=person.pk, secret=secret, changed_at=LONG_AGO)
    home = seed_address(owner_id=person.pk, address=HOME, label="home", created_at=LONG_AGO)
    if sats:
        issue_demo_funds(owner_id=person.pk, asset="BTC", amount_atoms=sats, key=f"for-{person.pk}")
    open_account(owner_id=person.pk, asset="BTC", purpose=Purpose.FUNDING)
    return Customer(person, secret, home)


def operator(name: str) -> Origin:
    return Origin(user_id=user(name).pk)


def new_terms(**changes: int) -> None:
    """In force at once, agreed to by two."""
    proposal = propose_terms(changes=changes, origin=operator("olga"), reason="a test")
    approve_terms(proposal_id=proposal.pk, origin=operator("oscar"), reason="a test", now=NOON)


def status(withdrawal_id: UUID) -> str:
    return str(Withdrawal.objects.get(pk=withdrawal_id).status)


def assert_books_agree() -> None:
    findings = [
        examine(check, query)
        for check in WITHDRAWAL_CHECKS
        for query in {check.offenders, check.recent} - {""}
    ]
    assert [(one.name, one.offenders) for one in findings if one.violations] == []
