"""What must always be true is checked, and a violation stands until a look at everything finds none."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry
from access.selectors import verify_audit
from access.services import Origin, record_audit
from exchange.engine.types import Side
from exchange.models import JournalEntry, Order
from health import tasks
from health.checks import invariants as check_invariants
from health.invariants import RUN_LOCK, is_due, verify
from health.models import InvariantResult
from health.registry import Extent, Invariant, Violations, invariants
from health.rules import Status
from ledger.models import Account
from tests.exchange.scene import Scene, limit, open_scene
from tests.support.invariants import assert_invariants_hold

state: dict[str, int] = {}


def count(name: str) -> Violations:
    return Violations(state[name], [{"row": 7}] * state[name])


SAMPLES = (
    Invariant("both", "", whole=lambda: count("whole"), recent=lambda: count("recent")),
    Invariant("cheap", "", whole=lambda: count("cheap")),
)


@pytest.fixture
def samples(db: None, settings: Settings) -> None:
    settings.INVARIANTS = ["tests.health.test_invariants.SAMPLES"]
    state.update(whole=0, recent=0, cheap=0)


def kept(extent: Extent) -> dict[str, int]:
    return dict(InvariantResult.objects.filter(extent=extent).values_list("name", "violations"))


def test_a_violation_that_became_too_old_to_see_stands_until_all_is_well(samples: None) -> None:
    state.update(whole=2, recent=2)
    verify(Extent.RECENT)
    since = InvariantResult.objects.get(name="both").violated_since
    state["recent"] = 0
    verify(Extent.RECENT)
    assert kept(Extent.RECENT) == {"both": 2, "cheap": 0}
    assert InvariantResult.objects.get(name="both").violated_since == since
    state["whole"] = 0
    verify(Extent.RECENT)
    assert kept(Extent.RECENT) == {"both": 0, "cheap": 0}
    assert InvariantResult.objects.get(name="both").violated_since is None


def test_one_that_cannot_be_checked_keeps_what_was_known(samples: None, settings: Settings) -> None:
    state.update(cheap=1)
    verify(Extent.RECENT)
    settings.INVARIANTS = ["tests.health.test_invariants.BROKEN"]
    (outcome,) = verify(Extent.RECENT)
    assert outcome.error == "UndefinedTable"
    row = InvariantResult.objects.get()
    assert (row.violations, row.error) == (1, "UndefinedTable")
    findings = {finding.subject: finding for finding in check_invariants()}
    assert findings["recent"].message == "could not be checked: cheap"
    assert findings["cheap"].status is Status.FAIL


def ask_in_vain() -> Violations:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    return Violations(0)


BROKEN = (Invariant("cheap", "", whole=ask_in_vain),)


def test_results_of_what_is_no_longer_checked_are_forgotten(samples: None) -> None:
    InvariantResult.objects.create(name="old", extent=Extent.RECENT, tried_at=timezone.now(), violations=3)
    verify(Extent.RECENT)
    assert set(kept(Extent.RECENT)) == {"both", "cheap"}


def test_two_runs_are_never_under_way_together(samples: None, django_db_blocker: object) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [RUN_LOCK[Extent.WHOLE]])
        assert verify(Extent.WHOLE) == []
        assert len(verify(Extent.RECENT)) == 2
    finally:
        other.close()


def test_everything_is_looked_at_each_hour(samples: None) -> None:
    assert is_due(Extent.WHOLE, every=tasks.WHOLE_EVERY)
    state["cheap"] = 5
    assert tasks.verify_all_invariants() == 1
    assert tasks.verify_all_invariants() == 0  # not due
    InvariantResult.objects.update(tried_at=F("tried_at") - timedelta(minutes=61))
    assert tasks.verify_all_invariants() == 1
    assert tasks.verify_invariants() == 1


def test_the_check_says_what_is_violated_and_how_old_the_last_look_is(samples: None) -> None:
    assert [finding.message for finding in check_invariants()] == ["never checked"]
    state["cheap"] = 1
    verify(Extent.RECENT)
    findings = {finding.subject: finding for finding in check_invariants()}
    assert findings["recent"].status is Status.OK
    assert findings["whole"].status is Status.WARN
    assert findings["cheap"].status is Status.FAIL
    assert findings["cheap"].figures == {"violations": 1}
    assert findings["both"].status is Status.OK
    InvariantResult.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
    assert {finding.subject: finding.status for finding in check_invariants()}["recent"] is Status.WARN


def told(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    try:
        call_command("verify_invariants", *arguments, stdout=output)
    except SystemExit as exit_:
        return int(str(exit_.code)), output.getvalue()
    return 0, output.getvalue()


def test_the_command_tells_each_and_fails_on_a_violation(samples: None) -> None:
    assert told()[0] == 0
    state["cheap"] = 1
    status, text = told("--recent", "cheap")
    assert status == 1
    assert "VIOLATED 1" in text
    assert "row 7" in text
    assert "both" not in text


@pytest.fixture
def scene(transactional_db: None, settings: Settings) -> Iterator[Scene]:
    settings.DEMO = True
    scene = open_scene()
    for price in ("50000.00", "50001.00"):
        scene.tell(limit(scene.alice, Side.BUY, price, 2_000))
        scene.tell(limit(scene.bob, Side.SELL, price, 500))
    yield scene
    scene.close()


DAMAGE = {
    "balances_are_sums_of_transfers": "UPDATE ledger_account SET balance_atoms = balance_atoms + 1 "
    "WHERE id = (SELECT max(credit_id) FROM ledger_transfer)",
    "assets_sum_to_zero": "UPDATE ledger_account SET balance_atoms = balance_atoms + 1",
    "trading_balances_are_in_the_ledger": "UPDATE exchange_balance SET free_atoms = free_atoms + 1",
    "journal_is_dense": "DELETE FROM exchange_journalentry WHERE sequence = 3",
    "orders_agree_with_their_trades": "UPDATE exchange_order SET filled_lots = filled_lots - 1 WHERE id = "
    "(SELECT max(taker_order_id) FROM exchange_trade)",
    "pendings_have_their_transfer": "UPDATE ledger_transfer SET amount_atoms = amount_atoms + 1 "
    "WHERE pending_id IS NOT NULL",
    "transfers_and_their_money_end_together": "UPDATE exchange_wallettransfer SET status = 'REFUSED'",
    "audit_trail_is_whole": "UPDATE access_auditentry SET action = 'something else'",
}


def test_every_damage_is_found_lately_and_as_a_whole(scene: Scene) -> None:
    record_audit(origin=Origin(), action="test", subject="x")
    assert_invariants_hold()
    by_name = {invariant.name: invariant for invariant in invariants()}
    for name, damage in DAMAGE.items():
        for look in (by_name[name].whole, by_name[name].recent):
            if look is None:
                continue
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # past the guards
                cursor.execute(damage)
                violations = look()
                transaction.set_rollback(True)
            assert violations.count, name
            assert violations.offenders, name
    assert_invariants_hold()
    assert JournalEntry.objects.exists()
    assert Order.objects.exists()
    assert Account.objects.exists()


def test_the_latest_entries_of_the_trail_are_a_chain_of_their_own(db: None) -> None:
    for number in range(6):
        record_audit(origin=Origin(), action="test", subject=str(number))
    last = AuditEntry.objects.order_by("-pk")[0]
    for latest in (1, 3, 6, 100):
        verdict = verify_audit(latest=latest)
        assert (verdict.broken_at, verdict.head, verdict.entries) == (None, last.hash, min(latest, 6))
