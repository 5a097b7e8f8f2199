"""What people type: a key, a backup, a restore, a drill; no secret appears in what is said."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections

from config.backups.database import Database, of_url

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]  # each command is a process that loads it all
ENCRYPTION_KEY = "an encryption key that these tests know"


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *words],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DEBUG": "1", "BALLAST_ENCRYPTION_KEY": ENCRYPTION_KEY, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_house_is_backed_up_and_restored_from_the_terminal(
    source: Database, empty: Database, tmp_path: Path
) -> None:
    User.objects.create(username="alice")
    key = tmp_path / "key"
    made = manage("backup_key", str(key))
    assert (made.returncode, stat.S_IMODE(key.stat().st_mode)) == (0, 0o600)
    assert "AGE-SECRET-KEY" not in made.stdout + made.stderr
    assert manage("backup_key", str(key)).returncode == 1  # never written over
    name, _, recipient = made.stdout.strip().partition("=")
    house = {
        name: recipient,
        "BALLAST_BACKUP_TO": f"file://{tmp_path}/kept",
        "DATABASE_URL": source.url,
    }

    done = manage("backup", **house)
    assert (done.returncode, "read back and compared" in done.stdout) == (0, True), done.stderr
    assert manage("backup", "--list", **house).stdout.startswith("ballast-2")

    into = manage("restore", "--identity", str(key), "--to", empty.url, **house)
    assert into.returncode == 0, into.stderr
    assert "reconcile_restored" in into.stdout
    with empty.connect() as there:
        assert there.execute("SELECT username FROM auth_user").fetchall() == [("alice",)]

    words = ("restore", "--identity", str(key), "--to", empty.url)
    assert "not empty" in manage(*words, **house).stderr
    assert "that is what --replace has to say" in manage(*words, "--replace", "other", **house).stderr
    assert manage(*words, "--replace", empty.name, **house).returncode == 0
    other = manage(*words, "--replace", empty.name, **house, BALLAST_ENCRYPTION_KEY="x" * 40)
    assert "no seal of this house" in other.stderr
    connections.close_all()


def test_the_drill_restores_a_demo_house_and_verifies_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)  # as on a machine that has only just cloned it
    done = manage("restore_drill", BALLAST_STATE_DIR=str(tmp_path), BALLAST_BACKUP_TO="", DEBUG="0")
    assert done.returncode == 0, done.stdout + done.stderr
    for step in ("restore", "verify_ledger", "verify_journal", "verify_audit", "verify_invariants"):
        assert f"  {step} " in done.stdout
    assert "FAILED" not in done.stdout
    assert "All holds" in done.stdout
    assert not list(tmp_path.glob("*demo*"))  # the keys of a demo that is in use stay what they are


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:p%40ss%2Fword@host.example:6543/name?sslmode=verify-full&sslrootcert=%2Fca.pem",
        "postgresql://postgres@/ballast?host=%2Ftmp%2Fx&port=5432",
        "postgresql:///ballast",
    ],
)
def test_a_database_is_written_as_it_is_read(url: str) -> None:
    assert of_url(of_url(url).url) == of_url(url)


def test_what_is_no_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        of_url("nonsense")
