"""Any sequence of steps leaves the ledger where a ledger of dicts is, with every identity kept."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from access.errors import DomainError
from ledger import services
from ledger.batch import BatchTransfer, post_batch
from ledger.models import Account
from ledger.rules import Purpose
from ledger.selectors import identity_violations
from tests.ledger.scene import funding, house, trading
from tests.support.examples import examples

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMES = ("alice", "bob", "carol", "alice_trading", "fees")
MAY_OWE = {"fees"}
RESERVES = {"alice", "bob", "carol"}


@dataclass
class NaiveHold:
    debit: str
    credit: str
    amount: int
    status: str = "PENDING"


@dataclass
class NaiveLedger:
    """What the ledger promises, in the fewest words. Each method says whether it was allowed."""

    balance: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    holds: list[NaiveHold] = field(default_factory=list)

    def held(self, name: str) -> int:
        return sum(hold.amount for hold in self.holds if hold.debit == name and hold.status == "PENDING")

    def free(self, name: str) -> int:
        return self.balance[name] - (self.held(name) if name in RESERVES else 0)

    def transfer(self, debit: str, credit: str, amount: int) -> bool:
        if debit == credit or amount <= 0 or (debit not in MAY_OWE and amount > self.free(debit)):
            return False
        self.balance[debit] -= amount
        self.balance[credit] += amount
        return True

    def hold(self, debit: str, credit: str, amount: int) -> bool:
        if debit == credit or amount <= 0 or (debit in RESERVES and amount > self.free(debit)):
            return False
        self.holds.append(NaiveHold(debit, credit, amount))
        return True

    def end(self, hold: NaiveHold, status: str) -> bool:
        if hold.status == status:
            return True
        if hold.status != "PENDING":
            return False
        if status == "POSTED":
            if hold.debit not in MAY_OWE and hold.amount > self.balance[hold.debit]:
                return False
            self.balance[hold.debit] -= hold.amount
            self.balance[hold.credit] += hold.amount
        hold.status = status
        return True

    def batch(self, transfers: list[tuple[str, str, int]]) -> bool:
        after = self.balance.copy()
        for debit, credit, amount in transfers:
            after[debit] -= amount
            after[credit] += amount
        sound = all(debit != credit and amount > 0 for debit, credit, amount in transfers)
        held = {name: self.held(name) if name in RESERVES else 0 for name in NAMES}
        if not sound or any(after[name] < held[name] for name in NAMES if name not in MAY_OWE):
            return False
        self.balance = after
        return True


name, amount = st.sampled_from(NAMES), st.integers(0, 60)
entry = st.tuples(name, name, amount)
step = st.one_of(
    st.tuples(st.just("transfer"), entry),
    st.tuples(st.just("hold"), entry),
    st.tuples(st.just("batch"), st.lists(entry, max_size=6)),
    st.tuples(st.sampled_from(["post", "void"]), st.integers(0, 7)),
    st.tuples(st.just("expire"), st.none()),
    st.tuples(st.just("repeat"), st.none()),
)


class RealLedger:
    """The same steps through the services and the batch."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {
            "alice": funding("alice"),
            "bob": funding("bob"),
            "carol": funding("carol"),
            "alice_trading": trading("alice"),
            "fees": house(Purpose.FEES),
        }
        self.pending_ids: list[int] = []
        self.key = 0
        self.latest: tuple[str, str, int, str] | None = None

    def ids(self, debit: str, credit: str) -> tuple[int, int]:
        return self.accounts[debit].pk, self.accounts[credit].pk

    def transfer(self, debit: str, credit: str, amount: int) -> None:
        self.key += 1
        key = f"naive-{self.key}"
        self._post(debit, credit, amount, key)
        self.latest = (debit, credit, amount, key)

    def repeat(self) -> None:
        if self.latest:
            self._post(*self.latest)

    def _post(self, debit: str, credit: str, amount: int, key: str) -> None:
        debit_id, credit_id = self.ids(debit, credit)
        services.post_transfer(
            debit_id=debit_id, credit_id=credit_id, amount_atoms=amount, code="TEST", key=key
        )

    def hold(self, debit: str, credit: str, amount: int) -> None:
        debit_id, credit_id = self.ids(debit, credit)
        pending = services.hold_transfer(
            debit_id=debit_id,
            credit_id=credit_id,
            amount_atoms=amount,
            code="TEST",
            key=f"naive-hold-{len(self.pending_ids)}",
            expires_at=NOON if amount % 3 == 0 else None,
        )
        self.pending_ids.append(pending.pk)

    def batch(self, transfers: list[tuple[str, str, int]]) -> None:
        rows = []
        for number, (debit, credit, amount) in enumerate(transfers):
            key = f"naive-batch-{self.key}-{number}"
            rows.append(BatchTransfer(*self.ids(debit, credit), amount, "TEST", key))
        self.key += 1
        with transaction.atomic(), connection.cursor() as cursor:
            post_batch(cursor, rows)


def both(naive: NaiveLedger, real: RealLedger, kind: str, what: object) -> tuple[bool, bool]:
    """Whether each allowed the step."""
    expected = _naively(naive, kind, what)
    try:
        with transaction.atomic():
            _really(real, kind, what)
    except (DomainError, DatabaseError):
        return expected, False
    return expected, True


def _naively(naive: NaiveLedger, kind: str, what: object) -> bool:
    match kind, what:
        case "transfer", (str(debit), str(credit), int(atoms)):
            return naive.transfer(debit, credit, atoms)
        case "hold", (str(debit), str(credit), int(atoms)):
            return naive.hold(debit, credit, atoms)
        case "batch", list(transfers):
            return naive.batch(transfers)
        case "post" | "void", int(index) if index < len(naive.holds):
            return naive.end(naive.holds[index], "POSTED" if kind == "post" else "VOIDED")
        case "expire", _:
            for hold in naive.holds:
                if hold.amount % 3 == 0 and hold.status == "PENDING":
                    naive.end(hold, "EXPIRED")
    return True


def _really(real: RealLedger, kind: str, what: object) -> None:
    match kind, what:
        case "transfer", (str(debit), str(credit), int(atoms)):
            real.transfer(debit, credit, atoms)
        case "hold", (str(debit), str(credit), int(atoms)):
            real.hold(debit, credit, atoms)
        case "batch", list(transfers):
            real.batch(transfers)
        case "post", int(index) if index < len(real.pending_ids):
            services.post_pending(pending_id=real.pending_ids[index])
        case "void", int(index) if index < len(real.pending_ids):
            services.void_pending(pending_id=real.pending_ids[index], reason="test")
        case "expire", _:
            services.expire_pending(now=NOON)
        case "repeat", _:
            real.repeat()


@pytest.mark.usefixtures("ledger")
@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(step, min_size=5, max_size=20))
def test_it_agrees_with_a_naive_ledger_after_each_step(steps: list[tuple[str, object]]) -> None:
    with transaction.atomic():
        naive, real = NaiveLedger(), RealLedger()
        for funded in ("alice", "bob", "alice_trading"):
            assert both(naive, real, "transfer", ("fees", funded, 100)) == (True, True)
        for kind, what in steps:
            expected, allowed = both(naive, real, kind, what)
            assert allowed is expected, (kind, what)
            stored = {account.pk: account for account in Account.objects.all()}
            for owner, account in real.accounts.items():
                row = stored[account.pk]
                assert row.balance_atoms == naive.balance[owner], owner
                assert row.pending_debits_atoms == naive.held(owner), owner
            assert identity_violations() == []
        transaction.set_rollback(True)
