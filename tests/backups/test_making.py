"""A backup is one snapshot, whole and read back, or there is none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pyrage  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections

from access.models import OperatorProposal
from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.making import Making, make_backup
from config.backups.manifest import Manifest
from config.backups.restoring import Restoring, restore_backup
from config.backups.shelf import forget_old, good_backups, named_backup
from config.backups.store import Store
from custody.models import Restoration
from exchange.services.markets import open_shard
from tests.backups.conftest import KEY
from tests.support.waiting import wait_for

pytestmark = pytest.mark.long


def restoring(
    making: Making, manifest: Manifest, to: Database, identity: pyrage.x25519.Identity
) -> Restoring:
    return Restoring(making.store, manifest, to, [identity], KEY)


def _proposed(operator: User) -> None:
    now = datetime.now(UTC)
    OperatorProposal.objects.create(
        page="custody.spend", token=uuid4(), operator=operator, created_at=now, expires_at=now
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_restored_is_what_was_there_and_withdrawals_are_stopped_in_it(
    making: Making, empty: Database, identity: pyrage.x25519.Identity
) -> None:
    alice = User.objects.create(username="alice")
    open_shard(number=0)
    _proposed(alice)
    manifest = make_backup(making)
    User.objects.create(username="later")

    restore_backup(restoring(making, manifest, empty, identity))

    with empty.connect() as there:
        assert there.execute("SELECT username FROM auth_user").fetchall() == [("alice",)]
        stops = there.execute("SELECT cause, ended_at FROM custody_withdrawalstop").fetchall()
        assert stops == [("RESTORED", None)]
        shard = there.execute("SELECT stream_generation, holder FROM exchange_shard").fetchone()
        assert shard == (f"restored:{manifest.name}", "")
        proposals = there.execute("SELECT status FROM access_operatorproposal").fetchall()
        assert proposals == [("EXPIRED",)]  # it may have been declined since
    assert not Restoration.objects.exists()


class TurnsCoat(Store):
    """Shows the backup that is asked for once; from then on gives another one under its name."""

    def __init__(self, store: Store, other: Manifest) -> None:
        self._shown, self._other, self._reads = store, other, 0

    def read(self, name: str) -> Iterator[bytes]:
        self._reads += 1
        return self._shown.read(name if self._reads == 1 else self._other.dump)


def test_a_store_that_gives_another_backup_the_second_time_fills_nothing(
    making: Making, empty: Database, identity: pyrage.x25519.Identity
) -> None:
    first = make_backup(making)
    User.objects.create(username="mallory", is_superuser=True)
    other = make_backup(replace(making, version="other"))

    wanted = replace(restoring(making, first, empty, identity), store=TurnsCoat(making.store, other))
    with pytest.raises(BackupError, match="is not what was written"):
        restore_backup(wanted)

    with empty.connect() as there:
        assert there.execute("SELECT to_regclass('auth_user')").fetchone() == (None,)


def test_a_database_that_is_not_empty_is_refused_and_stays(
    making: Making, source: Database, identity: pyrage.x25519.Identity
) -> None:
    User.objects.create(username="alice")
    manifest = make_backup(making)
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(restoring(making, manifest, source, identity))
    connections.close_all()
    with source.connect(), pytest.raises(BackupError, match="Others are connected"):
        restore_backup(replace(restoring(making, manifest, source, identity), replaces=True))
    assert User.objects.filter(username="alice").exists()


@pytest.mark.parametrize("harm", ["a byte", "the end", "another key", "the manifest", "another house"])
def test_whatever_is_wrong_with_it_nothing_is_touched(
    making: Making, source: Database, identity: pyrage.x25519.Identity, tmp_path: Path, harm: str
) -> None:
    User.objects.create(username="alice")
    manifest = make_backup(making)
    wanted = replace(restoring(making, manifest, source, identity), replaces=True)
    dump = tmp_path / "backups" / manifest.dump
    match harm:
        case "a byte":
            content = bytearray(dump.read_bytes())
            content[len(content) // 2] ^= 1
            dump.write_bytes(bytes(content))
        case "the end":
            dump.write_bytes(dump.read_bytes()[:-1])
        case "another key":
            wanted = replace(wanted, identities=[pyrage.x25519.Identity.generate()])
        case "the manifest":
            wanted = replace(wanted, manifest=replace(manifest, at="2020-01-01T00:00:00+00:00"))
        case "another house":
            wanted = replace(wanted, seal_key="the key of another house")
    connections.close_all()
    with pytest.raises(BackupError):
        restore_backup(wanted)
    assert User.objects.filter(username="alice").exists()


@pytest.mark.parametrize("table", ["auth_user", "access_apikey"], ids=["of figures", "of the dump"])
def test_one_that_takes_too_long_leaves_nothing(making: Making, tmp_path: Path, table: str) -> None:
    blocker = making.database.connect()
    with blocker, blocker.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        with pytest.raises(BackupError, match=r"longer|does not answer"):
            make_backup(replace(making, longest_seconds=1))
    assert files(tmp_path / "backups") == []
    assert good_backups(making.store) == []


def test_one_that_was_killed_counts_for_nothing_and_the_next_one_does(
    making: Making, source: Database, tmp_path: Path
) -> None:
    first = make_backup(making)
    script = (
        "import django; django.setup()\n"
        "from config.backups.running import back_up\n"
        "print('going', flush=True); back_up()"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": source.url,
        "BALLAST_BACKUP_TO": f"file://{tmp_path}/backups",
        "BALLAST_BACKUP_RECIPIENT": str(making.recipients[0]),
    }
    for delay in (0.0, 0.1, 0.2, 0.3):
        child = subprocess.Popen(
            [sys.executable, "-c", script], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"going\n"
        time.sleep(delay)  # some moment of it
        child.send_signal(signal.SIGKILL)
        child.wait(30)
        child.stdout.close()
        whole = {one.name for one in good_backups(making.store)}
        for name in whole:
            assert making.store.read_small(f"{name}.json")
        assert first.name in whole
    wait_for("its connections to end", lambda: _others(source) == 0)
    assert make_backup(replace(making, version="after")).name in {
        one.name for one in good_backups(making.store)
    }


def _others(source: Database) -> int:
    with source.connect() as there:
        row = there.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump'"
            " OR application_name = 'ballast backup' AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else 0


def test_old_ones_go_and_what_is_half_goes_after_a_day(making: Making, store: Store, tmp_path: Path) -> None:
    newest = make_backup(making)
    folder = tmp_path / "backups"
    (folder / "ballast-20200101T000000Z-x.dump.age").write_bytes(b"half")
    (folder / f"ballast-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-y.dump.age").write_bytes(b"being written")
    (folder / "somebody-elses.txt").write_bytes(b"kept")
    forget_old(store, {"hourly": 0, "daily": 0, "monthly": 0}, datetime.now(UTC) + timedelta(hours=1))
    left = files(folder)
    assert "ballast-20200101T000000Z-x.dump.age" not in left
    assert len(left) == 4
    assert [one.name for one in good_backups(store)] == [newest.name]  # the last good one never goes
    assert named_backup(store, "latest").name == newest.name


def test_a_full_disk_is_told_and_leaves_nothing_that_counts(
    making: Making, source: Database, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": source.url,
        "BALLAST_BACKUP_TO": f"file://{tmp_path}/backups",
        "BALLAST_BACKUP_RECIPIENT": str(making.recipients[0]),
        "DEBUG": "1",
    }
    words = ["prlimit", "--fsize=100000", sys.executable, "-W", "ignore", "manage.py", "backup"]
    done = subprocess.run(
        words, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert good_backups(making.store) == []


def test_an_unreachable_database_is_told_without_its_password(making: Making) -> None:
    away = replace(making.database, host="127.0.0.1", port=1, password="hidden")
    with pytest.raises(BackupError, match="does not answer") as told:
        make_backup(replace(making, database=away))
    assert "hidden" not in str(told.value) + repr(away)
