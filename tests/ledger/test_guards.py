"""What the database refuses by itself, even to the superuser that the tests are."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger import services
from ledger.models import Account, PendingTransfer, Transfer
from ledger.rules import PendingStatus, Purpose
from tests.ledger.scene import funding, hold, house, move, stands_at, trading

pytestmark = pytest.mark.usefixtures("ledger")

APPEND_ONLY, REFUSED, RESOLVED, ASSETS_DIFFER = "23001", "BL100", "BL102", "BL103"


def sqlstate_of(statement: str, *parameters: object) -> str:
    """What running this raises; "" if it runs."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)  # type: ignore[arg-type]
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "unknown")
    return ""


def check_foreign_keys_now() -> None:
    """Waiting until the commit they would refuse a TRUNCATE before the trigger is asked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_tests_run_as_a_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transfer SET amount_atoms = 1",
        "UPDATE ledger_transfer SET reference = reference WHERE false",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
    ],
)
def test_a_transfer_stands_for_ever(statement: str) -> None:
    move(funding("alice", 100), funding("bob"), 1)
    check_foreign_keys_now()
    assert sqlstate_of(statement) == APPEND_ONLY


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_pendingtransfer",
        "TRUNCATE ledger_pendingtransfer CASCADE",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_account CASCADE",
        "TRUNCATE ledger_asset CASCADE",
        "DELETE FROM ledger_asset",
        "UPDATE ledger_account SET asset_id = 'USDB'",
        "UPDATE ledger_account SET purpose = 'FEES', owner_id = NULL",
        "UPDATE ledger_account SET id = id + 1000",
        "UPDATE ledger_asset SET decimals = 2",
        "UPDATE ledger_pendingtransfer SET amount_atoms = 2",
        "UPDATE ledger_pendingtransfer SET debit_id = credit_id, credit_id = debit_id",
        "UPDATE ledger_pendingtransfer SET expires_at = now()",
        "UPDATE ledger_pendingtransfer SET key = 'other'",
    ],
)
def test_history_and_identity_cannot_be_rewritten(statement: str) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    move(alice, bob, 1)
    hold(alice, bob, 1)
    check_foreign_keys_now()
    assert sqlstate_of(statement) == REFUSED


def test_an_account_cannot_be_saved_as_a_whole() -> None:
    alice = funding("alice", 100)
    alice.balance_atoms = 1_000
    with pytest.raises(DatabaseError, match="the ledger only grows"), transaction.atomic():
        alice.save()


@pytest.mark.parametrize("status", [PendingStatus.POSTED, PendingStatus.VOIDED, PendingStatus.EXPIRED])
def test_an_end_is_final(status: PendingStatus) -> None:
    pending = hold(funding("alice", 100), funding("bob"), 1)
    services.void_pending(pending_id=pending.pk, reason="")
    statement = "UPDATE ledger_pendingtransfer SET status = %s WHERE id = %s"
    assert sqlstate_of(statement, status.value, pending.pk) == RESOLVED


@pytest.mark.parametrize("model", [Transfer, PendingTransfer])
def test_two_assets_cannot_meet_in_one_transfer(model: type[Transfer | PendingTransfer]) -> None:
    alice, bob = funding("alice", 100), funding("bob", asset="USDB")
    statement = f"""INSERT INTO {model._meta.db_table} (debit_id, credit_id, amount_atoms, code, key)
                    VALUES (%s, %s, 1, 'TEST', 'mixed')"""
    assert sqlstate_of(statement, alice.pk, bob.pk) == ASSETS_DIFFER
    assert sqlstate_of(statement, alice.pk, 999_999_999) == ASSETS_DIFFER


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount_atoms": 0}, "amount"),
        ({"amount_atoms": -5}, "amount"),
        ({"key": ""}, "key_given"),
        ({"key": "taken"}, "key"),
        ({"credit": None}, "two_accounts"),
    ],
)
@pytest.mark.parametrize("model", [Transfer, PendingTransfer])
def test_a_malformed_transfer_cannot_be_stored(
    model: type[Transfer | PendingTransfer], values: dict[str, object], constraint: str
) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    move(alice, bob, 1, key="taken")
    hold(alice, bob, 1, key="taken")
    row = {"debit": alice, "credit": bob, "amount_atoms": 1, "code": "TEST", "key": "new"} | values
    row["credit"] = row["credit"] or alice
    name = f"ledger_{model._meta.model_name}_{constraint}"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**row)


@pytest.mark.parametrize(
    ("purpose", "values", "constraint"),
    [
        (Purpose.FUNDING, {"balance_atoms": -1}, "customer_never_owes|funding_covers_pending"),
        (Purpose.TRADING, {"balance_atoms": -1}, "customer_never_owes"),
        (Purpose.FUNDING, {"balance_atoms": 5, "pending_debits_atoms": 6}, "funding_covers_pending"),
        (Purpose.TRADING, {"pending_debits_atoms": -1}, "pending_not_negative"),
        (Purpose.FEES, {"pending_debits_atoms": -1}, "pending_not_negative"),
    ],
)
def test_a_balance_that_cannot_be_is_refused(
    purpose: Purpose, values: dict[str, int], constraint: str
) -> None:
    accounts = {Purpose.FUNDING: funding, Purpose.TRADING: trading}
    account = accounts[purpose]("alice") if purpose in accounts else house(purpose)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(**values)


def test_a_trading_balance_may_be_less_than_what_is_wanted_out_of_it() -> None:
    account = trading("alice", 5)
    hold(account, funding("alice"), 50)
    assert stands_at(account) == (5, 50)


def test_an_end_and_its_time_come_together() -> None:
    pending = hold(funding("alice", 100), funding("bob"), 1)
    assert sqlstate_of("UPDATE ledger_pendingtransfer SET status = 'POSTED' WHERE id = %s", pending.pk)
    assert sqlstate_of("UPDATE ledger_pendingtransfer SET status = 'LOST' WHERE id = %s", pending.pk)
