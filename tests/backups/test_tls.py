"""A database that demands TLS is dumped and restored by programs that speak none, by a tunnel of ours."""

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest

from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.making import Making, make_backup
from config.backups.programs import programs_for, reachable
from config.backups.restoring import Restoring, restore_backup
from config.backups.shelf import good_backups
from config.backups.tunnel import tunnel_to
from tests.backups.conftest import KEY
from tests.backups.tls_proxy import TlsProxy, demanding_tls
from tests.oracle.sources.test_tls import self_signed

pytestmark = pytest.mark.long


@pytest.fixture
def proxy(source: Database, tmp_path: Path) -> Iterator[TlsProxy]:
    with demanding_tls(f"{source.host}/.s.PGSQL.{source.port}", self_signed(tmp_path)) as served:
        yield served


def behind(proxy: TlsProxy, database: Database, tmp_path: Path, sslmode: str = "require") -> Database:
    certificate = str(tmp_path / "both.pem")
    there = replace(database, host="localhost", port=proxy.port, sslmode=sslmode)
    return replace(there, sslrootcert=certificate if sslmode.startswith("verify") else "")


@pytest.mark.parametrize("sslmode", ["require", "verify-full"])
def test_it_is_dumped_and_restored(
    making: Making,
    empty: Database,
    identity: pyrage.x25519.Identity,
    proxy: TlsProxy,
    tmp_path: Path,
    sslmode: str,
) -> None:
    manifest = make_backup(replace(making, database=behind(proxy, making.database, tmp_path, sslmode)))
    there = behind(proxy, empty, tmp_path, sslmode)
    restore_backup(Restoring(making.store, manifest, there, [identity], KEY))
    with empty.connect() as found:
        assert found.execute("SELECT count(*) FROM custody_restoration").fetchone() == (1,)
    assert proxy.refused == 0
    assert proxy.carried >= 4  # the snapshot, the dump, and the same of the restore


def test_who_is_not_vouched_for_is_not_told_anything(making: Making, proxy: TlsProxy, tmp_path: Path) -> None:
    unknown = replace(behind(proxy, making.database, tmp_path, "verify-full"), sslrootcert="system")
    with pytest.raises(BackupError, match="does not answer"):
        make_backup(replace(making, database=unknown))
    programs = programs_for(18)
    with reachable(unknown, programs, in_tls=True) as near, pytest.raises(Exception, match="closed"):
        near.connect()
    assert proxy.carried == 0
    assert good_backups(making.store) == []


def test_a_server_that_speaks_no_tls_is_refused(making: Making, proxy: TlsProxy, tmp_path: Path) -> None:
    proxy.speaks_tls = False
    there = behind(proxy, making.database, tmp_path)
    with tunnel_to(there) as near, pytest.raises(Exception, match="closed"):
        near.connect()


def test_nobody_else_on_the_machine_reaches_the_tunnel(
    making: Making, proxy: TlsProxy, tmp_path: Path
) -> None:
    with tunnel_to(behind(proxy, making.database, tmp_path)) as near:
        folder = Path(near.host)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == os.geteuid()
        with near.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not folder.exists()
