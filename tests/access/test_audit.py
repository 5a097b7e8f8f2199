"""The audit trail: only ever longer, chained, and closed to those who would change it."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from access.models import AuditEntry
from access.selectors import verify_audit
from access.services import Origin, record_audit
from access.threads import with_connection

ORIGIN = Origin(user_id=7, key_id=3, ip="203.0.113.9", user_agent="curl/8 ☃", request_id="r1")


@pytest.fixture
def entries(db: None) -> list[AuditEntry]:
    return [
        record_audit(
            origin=ORIGIN,
            action="fee.changed",
            subject="market:BTC-USDB",
            before={"maker_ppm": number, "note": "é", "networks": ["10.0.0.0/8"]},
            after={"maker_ppm": None, "open": True},
        )
        for number in range(3)
    ]


def test_each_entry_carries_the_hash_of_the_one_before(entries: list[AuditEntry]) -> None:
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    verdict = verify_audit()
    assert verdict.broken_at is None
    assert verdict.head == entries[-1].hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_auditentry SET action = 'x'",
        "UPDATE access_auditentry SET action = 'x' WHERE id = -1",
        "DELETE FROM access_auditentry",
        "TRUNCATE access_auditentry",
    ],
)
def test_the_database_refuses_to_change_it(entries: list[AuditEntry], statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_audit().broken_at is None


@pytest.mark.parametrize(
    "change",
    [
        "action = 'fee.lowered'",
        "user_id = 8",
        "after = '{}'",
        "ip = ''",
        "at = at + interval '1 microsecond'",
        "request_id = 'r2'",
        "previous_hash = repeat('0', 63) || '1'",
    ],
)
def test_a_change_behind_the_guard_breaks_the_chain(entries: list[AuditEntry], change: str) -> None:
    changed = entries[1]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM access_auditentry")
        cursor.execute(f"UPDATE access_auditentry SET {change} WHERE id = %s", [changed.pk])
    try:
        assert verify_audit().broken_at == changed.pk
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM access_auditentry WHERE id = %s", [changed.pk])
            cursor.execute("INSERT INTO access_auditentry SELECT * FROM kept WHERE id = %s", [changed.pk])
            cursor.execute("DROP TABLE kept")
            cursor.execute("SET session_replication_role = origin")
    assert verify_audit().broken_at is None


def test_an_entry_that_was_taken_out_breaks_the_chain(entries: list[AuditEntry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM access_auditentry")
        cursor.execute("DELETE FROM access_auditentry WHERE id = %s", [entries[1].pk])
    try:
        assert verify_audit().broken_at == entries[2].pk
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO access_auditentry SELECT * FROM kept WHERE id = %s", [entries[1].pk])
            cursor.execute("DROP TABLE kept")
            cursor.execute("SET session_replication_role = origin")


def test_many_at_once_still_make_one_chain(db: None) -> None:
    def record(number: int) -> None:
        with_connection(record_audit, origin=ORIGIN, action="raced", subject=str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, range(40)))
    assert AuditEntry.objects.filter(action="raced").count() == 40
    assert verify_audit().broken_at is None


def told(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=output)
    except SystemExit as exit_:
        return int(str(exit_.code)), output.getvalue()
    return 0, output.getvalue()


def test_the_command_tells_the_head_and_knows_an_earlier_one(entries: list[AuditEntry]) -> None:
    status, text = told("--head", entries[0].hash)
    assert status == 0
    assert entries[-1].hash in text


def test_the_command_notices_that_the_end_was_cut_off(entries: list[AuditEntry]) -> None:
    status, text = told("--head", "f" * 64)
    assert (status, text[:7]) == (1, "CUT OFF")
