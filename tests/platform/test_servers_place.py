"""Where the embedded servers live when the folder they were given does not suit them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from config.children import Account
from config.embedded.account import NOBODY, can_execute
from config.embedded.errors import ServerError
from config.embedded.servers import start_servers
from config.embedded.state import Place, runnable, socket_folder, take_place
from tests.platform.processes import state_folder

pytestmark = pytest.mark.long

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers under another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    with state_folder() as path:
        yield path


@as_root
def test_servers_move_out_of_a_folder_that_their_account_cannot_enter(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    servers = start_servers(home / ".state")
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    servers.stop()
    assert servers.place.moved
    assert not servers.place.data.is_relative_to(folder)
    assert home.stat().st_mode & 0o777 == 0o700

    again = start_servers(home / ".state")
    assert again.place == servers.place
    again.stop()


@as_root
def test_a_deleted_state_folder_starts_afresh(folder: Path) -> None:
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    first = take_place(closed / ".state")
    shutil.rmtree(first.data)
    second = take_place(closed / ".state")
    assert second.data != first.data
    assert second.data.is_dir()


@as_root
def test_data_that_became_unreachable_is_not_left_behind_silently(folder: Path) -> None:
    (folder / "servers" / "pg").mkdir(parents=True)
    shutil.chown(folder / "servers" / "pg", 65534, 65534)
    folder.chmod(0o700)
    with pytest.raises(ServerError, match="holds data that user id 65534 cannot reach"):
        take_place(folder)


@as_root
def test_binaries_that_the_account_cannot_reach_are_copied(folder: Path) -> None:
    package, libraries = folder / "closed" / "package", folder / "closed" / "package.libs"
    for path in (package, libraries):
        path.mkdir(parents=True)
    (folder / "closed").chmod(0o700)
    program = package / "server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    place = Place(folder, folder, NOBODY)

    copy = runnable(program, [package, libraries], place)

    assert can_execute(NOBODY, copy)
    assert (copy.parent.parent / "package.libs").is_dir()
    assert runnable(program, [package, libraries], place) == copy


def test_binaries_within_reach_stay_where_they_are(folder: Path) -> None:
    assert runnable(Path("/bin/sh"), [Path("/bin")], Place(folder, folder, Account())) == Path("/bin/sh")


def test_a_long_path_gets_a_short_folder_for_its_sockets(folder: Path) -> None:
    deep = folder / ("d" * 100)
    servers = start_servers(deep)
    assert len(str(servers.postgres.sockets)) < 80
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with Redis.from_url(servers.redis_url) as redis:
        assert redis.ping()
    servers.stop()
    for server in servers.all:
        shutil.rmtree(server.sockets)


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder))
    data = folder / ("d" * 100) / "pg"
    taken = socket_folder(data, Account())
    taken.rmdir()
    taken.symlink_to(folder)
    with pytest.raises(ServerError, match="belongs to somebody else"):
        socket_folder(data, Account())
