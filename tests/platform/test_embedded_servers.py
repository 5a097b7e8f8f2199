"""The embedded servers keep their data whatever is killed, and one folder has one owner."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from config.embedded.errors import AlreadyRunningError
from config.embedded.servers import Servers, start_servers
from tests.platform.processes import await_end, python, read_line, state_folder

OWNER = """
import signal, sys
from pathlib import Path
from config.embedded.servers import start_servers
servers = start_servers(Path(sys.argv[1]))
print(servers.postgres.pid, servers.valkey.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with state_folder() as path:
        yield path


def write(servers: Servers, name: str) -> None:
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (name text)")
        connection.execute("INSERT INTO note VALUES (%s)", [name])
    with Redis.from_url(servers.redis_url) as redis:
        redis.rpush("notes", name)


def written(servers: Servers) -> tuple[list[str], list[str]]:
    with psycopg.connect(servers.database_url) as connection:
        rows = [name for (name,) in connection.execute("SELECT name FROM note ORDER BY name")]
    with Redis.from_url(servers.redis_url, decode_responses=True) as redis:
        return rows, redis.lrange("notes", 0, -1)


def test_a_restart_keeps_the_data(folder: Path) -> None:
    first = start_servers(folder)
    write(first, "alice")
    first.stop()
    assert first.postgres.poll() == 0
    assert first.valkey.poll() == 0

    second = start_servers(folder)
    assert written(second) == (["alice"], ["alice"])
    assert second.database_url == first.database_url
    second.stop()


def test_one_killed_server_starts_again_with_its_data(folder: Path) -> None:
    servers = start_servers(folder)
    write(servers, "alice")
    with Redis.from_url(servers.redis_url) as redis:
        redis.execute_command(
            "WAITAOF", 1, 0, 5000
        )  # everysec may lose the last second, and a test has no second
    for server in servers.all:
        server.kill()
        assert server.poll() == -signal.SIGKILL
        server.start()
    assert written(servers) == (["alice"], ["alice"])
    servers.stop()


def test_a_second_owner_is_refused_and_the_first_goes_on(folder: Path) -> None:
    first = start_servers(folder)
    with pytest.raises(AlreadyRunningError, match=f"in use by process {os.getpid()}"):
        start_servers(folder)
    write(first, "alice")
    first.stop()
    start_servers(folder).stop()


def test_servers_end_cleanly_with_a_killed_owner(folder: Path) -> None:
    with python(OWNER, folder) as owner:
        pids = [int(word) for word in read_line(owner).split()]
        owner.kill()
        for pid in pids:
            await_end(pid)
    assert not (folder / "servers" / "pg" / "postmaster.pid").exists()


def test_the_next_owner_need_not_wait_for_servers_of_a_killed_one(folder: Path) -> None:
    with python(OWNER, folder) as owner:
        read_line(owner)
        owner.kill()
        owner.wait()
        servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()


def test_data_survives_the_kill_of_everything_at_once(folder: Path) -> None:
    servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()
    with python(OWNER, folder) as owner:
        pids = [int(word) for word in read_line(owner).split()]
        for pid in [owner.pid, *pids]:
            os.kill(pid, signal.SIGKILL)
        for pid in [owner.pid, *pids]:
            await_end(pid)

    again = start_servers(folder)
    assert written(again) == (["alice"], ["alice"])
    again.stop()


def test_stale_lock_files_do_not_block_a_start(folder: Path) -> None:
    start_servers(folder).stop()
    pg = folder / "servers" / "pg"
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (pg / name).write_text(
            f"{os.getpid()}\n{pg}\n0\n5432\n{pg}\n\n  1 1\nready\n"
        )  # a live stranger's pid
    (folder / "servers" / "valkey" / "valkey.sock").write_text("")
    servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    partial = folder / "servers" / "pg.tmp"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()
