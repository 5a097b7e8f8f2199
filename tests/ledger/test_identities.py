"""verify_ledger sees what should never be, here planted behind the back of triggers and constraints."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from ledger import services
from ledger.models import Account, PendingTransfer
from ledger.rules import Purpose
from ledger.selectors import Check, identity_checks, identity_violations
from tests.ledger.scene import funding, hold, house, move

pytestmark = pytest.mark.usefixtures("ledger")

ADDED_CHECKS = (Check("nobody_is_called_bob", "There is no Bob", "SELECT 'bob' AS name"),)


@pytest.fixture
def scene() -> dict[str, Account | PendingTransfer]:
    """A healthy ledger with something of everything."""
    alice, bob = funding("alice", 100), funding("bob", 100)
    move(alice, bob, 10)
    posted = services.post_pending(pending_id=hold(alice, bob, 20).pk)
    voided = services.void_pending(pending_id=hold(alice, bob, 30).pk, reason="")
    clearing = house(Purpose.CLEARING)
    move(clearing, alice, 5)
    move(alice, clearing, 5)
    return {
        "alice": alice,
        "bob": bob,
        "dollars": funding("alice", 7, asset="USDB"),
        "clearing": clearing,
        "posted": posted,
        "voided": voided,
        "open": hold(alice, bob, 40),
    }


@contextmanager
def unguarded() -> Iterator[None]:
    """Triggers off and checks dropped: the test's transaction brings both back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, constraint in (
            ("ledger_account", "ledger_account_customer_never_owes"),
            ("ledger_account", "ledger_account_funding_covers_pending"),
            ("ledger_transfer", "ledger_transfer_amount"),
            ("ledger_transfer", "ledger_transfer_two_accounts"),
        ):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def violated() -> set[str]:
    return {finding.name for finding in identity_violations()}


def append(debit: str, credit: str, atoms: int, pending: str = "NULL") -> str:
    return f"""INSERT INTO ledger_transfer (debit_id, credit_id, amount_atoms, code, key, pending_id)
               VALUES ({debit}, {credit}, {atoms}, 'TEST', 'planted', {pending})"""


PLANTED = [
    (
        "UPDATE ledger_account SET balance_atoms = balance_atoms + 1 WHERE id = {alice}",
        {"assets_sum_to_zero", "balances_are_sums_of_transfers"},
    ),
    (
        "UPDATE ledger_account SET balance_atoms = balance_atoms + "
        "CASE id WHEN {alice} THEN 1 ELSE -1 END WHERE id IN ({alice}, {bob})",
        {"balances_are_sums_of_transfers"},
    ),
    (
        "DELETE FROM ledger_transfer WHERE key = 'pending:{posted}'",
        {"balances_are_sums_of_transfers", "pendings_have_their_transfer"},
    ),
    (append("{alice}", "{bob}", 1), {"balances_are_sums_of_transfers"}),
    (append("{alice}", "{alice}", 1), {"transfers_within_one_asset"}),
    (append("{alice}", "999999999", 1), {"balances_are_sums_of_transfers", "transfers_within_one_asset"}),
    (append("{alice}", "{dollars}", 1), {"balances_are_sums_of_transfers", "transfers_within_one_asset"}),
    (append("{alice}", "{bob}", 0), {"amounts_are_positive"}),
    (
        append("{alice}", "{bob}", 1, "{voided}"),
        {"balances_are_sums_of_transfers", "pendings_have_their_transfer"},
    ),
    (
        "UPDATE ledger_account SET pending_debits_atoms = 0 WHERE id = {alice}",
        {"pending_debits_are_open_holds"},
    ),
    (
        "UPDATE ledger_pendingtransfer SET status = 'VOIDED', resolved_at = now() WHERE id = {open}",
        {"pending_debits_are_open_holds"},
    ),
    (
        "UPDATE ledger_pendingtransfer SET status = 'VOIDED' WHERE id = {posted}",
        {"pendings_have_their_transfer"},
    ),
    (
        "UPDATE ledger_pendingtransfer SET amount_atoms = 21 WHERE id = {posted}",
        {"pendings_have_their_transfer"},
    ),
    (
        "UPDATE ledger_account SET balance_atoms = balance_atoms - "
        "CASE id WHEN {alice} THEN 71 ELSE -71 END WHERE id IN ({alice}, {bob})",
        {"customers_never_owe", "balances_are_sums_of_transfers"},
    ),
]


def test_a_healthy_ledger_violates_nothing(scene: dict[str, Account | PendingTransfer]) -> None:
    assert identity_violations() == []


@pytest.mark.parametrize(("plant", "expected"), PLANTED)
def test_a_planted_violation_is_found(
    scene: dict[str, Account | PendingTransfer], plant: str, expected: set[str]
) -> None:
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(plant.format(**{name: row.pk for name, row in scene.items()}))
    assert violated() == expected


def test_money_left_in_clearing_is_found(scene: dict[str, Account | PendingTransfer]) -> None:
    move(house(Purpose.CLEARING), funding("alice"), 3)
    (finding,) = identity_violations()
    assert (finding.name, finding.violations) == ("clearing_is_empty", 1)
    assert finding.offenders[0]["balance_atoms"] == -3


def test_every_check_of_the_ledger_has_been_seen_to_fail() -> None:
    seen = {name for _, names in PLANTED for name in names} | {"clearing_is_empty"}
    assert seen == {check.name for check in identity_checks()}


def test_the_first_offenders_are_shown_and_all_are_counted() -> None:
    for number in range(12):
        funding(f"person-{number}", 5)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance_atoms = 6 WHERE purpose = 'FUNDING'")
    findings = {finding.name: finding for finding in identity_violations()}
    finding = findings["balances_are_sums_of_transfers"]
    assert (finding.violations, len(finding.offenders)) == (12, 10)


def test_another_app_adds_its_checks_by_name(settings: Settings) -> None:
    settings.LEDGER_CHECKS = ["tests.ledger.test_identities.ADDED_CHECKS"]
    (finding,) = identity_violations()
    assert (finding.name, finding.offenders) == ("nobody_is_called_bob", [{"name": "bob"}])


def test_the_command_prints_a_line_for_each_check(scene: dict[str, Account | PendingTransfer]) -> None:
    output = StringIO()
    call_command("verify_ledger", stdout=output)
    lines = output.getvalue().strip().split("\n")
    assert [line.split()[:2] for line in lines] == [[check.name, "ok"] for check in identity_checks()]


def test_the_command_fails_and_names_the_offender(scene: dict[str, Account | PendingTransfer]) -> None:
    move(house(Purpose.CLEARING), funding("alice"), 3)
    output = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("verify_ledger", stdout=output)
    assert caught.value.code == 1
    assert f"account_id {scene['clearing'].pk}, asset BTC, shard 0, balance_atoms -3" in output.getvalue()


def test_the_command_speaks_json(scene: dict[str, Account | PendingTransfer]) -> None:
    output = StringIO()
    call_command("verify_ledger", "--json", stdout=output)
    report = json.loads(output.getvalue())
    assert report["ok"] is True
    assert {check["violations"] for check in report["checks"]} == {0}
