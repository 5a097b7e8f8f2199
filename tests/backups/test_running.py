"""The house makes a backup each hour by itself, one at a time, and notes what came of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from django.core.checks import CheckMessage
from django.db import connection
from pytest_django import Settings

from access.exclusive import alone
from config.backup_checks import check_backups
from config.backup_health import backups
from config.backup_settings import backup_settings
from config.backups.configured import configured_store
from config.backups.database import of_settings
from config.backups.errors import BackupError
from config.backups.running import LOCK, AlreadyRunning, back_up, back_up_if_due, is_due
from config.backups.shelf import good_backups
from config.models import BackupRun
from health.rules import Status
from tests.backups.fake_s3 import BUCKET, KEY_ID, SECRET, FakeS3

HOUR = timedelta(hours=1)


@pytest.fixture
def configured(settings: Settings, tmp_path: Path, identity: pyrage.x25519.Identity) -> Settings:
    settings.BACKUP = backup_settings(
        {
            "BALLAST_BACKUP_TO": f"file://{tmp_path}/kept",
            "BALLAST_BACKUP_RECIPIENT": str(identity.to_public()),
        }
    )
    settings.DEMO = settings.DEBUG = False
    return settings


def ids(found: list[CheckMessage]) -> list[str]:
    return [str(one.id) for one in found]


@pytest.mark.long
def test_one_is_made_when_the_latest_is_an_hour_old(configured: Settings, transactional_db: None) -> None:
    now = datetime.now(UTC)
    assert back_up_if_due(now)
    assert not back_up_if_due(now + timedelta(minutes=50))
    assert is_due(now + HOUR)
    run = BackupRun.objects.get()
    (manifest,) = good_backups(configured_store())
    assert (run.name, run.size_bytes, run.sha256) == (manifest.name, manifest.size, manifest.sha256)


@pytest.mark.long
def test_what_fails_is_noted_and_tried_again_in_minutes(
    configured: Settings, transactional_db: None, s3: FakeS3
) -> None:
    named = {"endpoint": s3.url, "region": "", "key_id": KEY_ID, "secret": SECRET}
    configured.BACKUP = {**configured.BACKUP, "to": f"s3://{BUCKET}", "s3": named}
    s3.is_away = True
    now = datetime.now(UTC)
    assert not back_up_if_due(now)
    run = BackupRun.objects.get()
    assert "could not be written" in run.error
    assert SECRET not in run.error
    assert not is_due(now + timedelta(minutes=4))
    assert is_due(now + timedelta(minutes=6))
    (finding,) = backups()
    assert (finding.status, finding.message) == (Status.WARN, "no backup was made")


@pytest.mark.long
def test_one_is_made_at_a_time(configured: Settings, transactional_db: None) -> None:
    with of_settings(connection.settings_dict).connect(autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(AlreadyRunning):
            back_up()
        assert not back_up_if_due(datetime.now(UTC))
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert not BackupRun.objects.exists()
    with alone(LOCK) as is_mine:
        assert is_mine


@pytest.mark.django_db
def test_health_says_when_the_latest_is_old_and_nothing_where_none_is_wanted(
    configured: Settings, settings: Settings
) -> None:
    assert [one.message for one in backups()] == ["no backup was made yet"]
    began = datetime.now(UTC) - HOUR
    run = BackupRun.objects.create(name="ballast-1", began_at=began, size_bytes=5, seconds=2)
    BackupRun.objects.create(began_at=datetime.now(UTC), error="the store is away")
    (finding,) = backups()
    assert (finding.status, finding.figures["bytes"], finding.figures["duration_ms"]) == (Status.OK, 5, 2000)
    run.began_at = began - HOUR
    run.save()
    (finding,) = backups()
    assert (finding.status, finding.message) == (Status.WARN, "the latest backup is old")
    settings.BACKUP = backup_settings({})
    assert backups() == []


def test_checks_say_what_is_wrong_before_it_is_needed(configured: Settings, settings: Settings) -> None:
    assert check_backups(None) == []
    good = settings.BACKUP
    settings.BACKUP = {**good, "recipient": "age1nonsense"}
    assert ids(check_backups(None)) == ["ballast.E050"]
    settings.BACKUP = {**good, "to": "s3://bucket"}
    assert ids(check_backups(None)) == ["ballast.E051"]
    settings.BACKUP = {**good, "to": "file:///proc/nowhere"}
    assert ids(check_backups(None)) == ["ballast.W051"]
    wrong = {"keep": {"hourly": 48, "weekly": 2}, "every_minutes": -1, "longest_minutes": 0}
    settings.BACKUP = {**good, **wrong}
    assert ids(check_backups(None)) == ["ballast.E052"] * 3
    settings.BACKUP = backup_settings({})
    assert ids(check_backups(None)) == ["ballast.W050"]
    settings.DEMO = True
    assert check_backups(None) == []


@pytest.mark.django_db
def test_without_a_recipient_none_is_made(configured: Settings) -> None:
    configured.BACKUP = {**configured.BACKUP, "recipient": ""}
    with pytest.raises(BackupError, match="age1"):
        back_up()
    assert BackupRun.objects.get().error


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", {"hourly": 48, "daily": 30, "monthly": 12}),
        ("hourly=3", {"hourly": 3, "daily": 30, "monthly": 12}),
        ("daily=x, monthly = 1", {"hourly": 48, "daily": -1, "monthly": 1}),
    ],
)
def test_what_is_not_named_keeps_its_number(text: str, kept: dict[str, int]) -> None:
    assert backup_settings({"BALLAST_BACKUP_KEEP": text})["keep"] == kept
