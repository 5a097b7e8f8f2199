"""Each entry of the audit trail leaves the machine as a line of the log, whole, once it is committed."""

import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import transaction
from django.utils.dateparse import parse_datetime

from access.audit import entry_hash
from access.models import AuditEntry
from access.services import Facts, Origin, record_audit
from logs.lines import JSON, formatter
from tests.access.second_factor.enrolled import enrolled

pytestmark = pytest.mark.django_db
Commits = Callable[..., AbstractContextManager[object]]
ORIGIN = Origin(user_id=7, key_id=3, ip="203.0.113.9", user_agent="curl/8 ☃", request_id="r1")


def enter() -> AuditEntry:
    facts: Facts = {"maker_ppm": 3, "note": "é", "networks": ["10.0.0.0/8"], "open": None}
    return record_audit(origin=ORIGIN, action="fee.changed", subject="market:X", before=None, after=facts)


def proven_hash(record: logging.LogRecord) -> str:
    """Of the entry as the line has it, after all that is taken out of lines."""
    told = json.loads(formatter("web", JSON).format(record))["audit"]
    again = AuditEntry(**{**told, "at": parse_datetime(told["at"])})
    assert entry_hash(again) == told["hash"]
    return again.hash


def test_a_line_proves_the_entry(
    caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Commits
) -> None:
    caplog.set_level(logging.INFO, "access.audit")
    with django_capture_on_commit_callbacks(execute=True):
        entry = enter()
    (record,) = [one for one in caplog.records if one.name == "access.audit"]
    assert record.getMessage() == "fee.changed market:X"
    assert proven_hash(record) == entry.hash


@pytest.mark.django_db(transaction=True)
def test_the_line_of_a_new_second_factor_proves_its_entry(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "access.audit")
    enrolled("alice")
    lines = [one for one in caplog.records if one.name == "access.audit"]
    entries = AuditEntry.objects.order_by("pk")
    assert [proven_hash(one) for one in lines] == [one.hash for one in entries]
    assert len(lines) == 2


def test_what_is_rolled_back_is_not_told(
    caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Commits
) -> None:
    caplog.set_level(logging.INFO, "access.audit")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        enter()
        transaction.set_rollback(True)
    assert not [one for one in caplog.records if one.name == "access.audit"]
