"""The embedded servers keep their data whatever is killed, and one folder has one owner."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from config.embedded.errors import AlreadyRunningError, ServerError
from config.embedded.postgres import Postgres
from config.embedded.server import Server
from config.embedded.servers import Servers, start_servers
from config.embedded.valkey import Valkey
from tests.platform.processes import await_end, python, read_line, state_folder

pytestmark = pytest.mark.long

OWNER = """
import signal, sys
from pathlib import Path
from config.embedded.servers import start_servers
servers = start_servers(Path(sys.argv[1]))
print(servers.postgres.pid, servers.valkey.pid, servers.database_url, servers.redis_url, flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def fresh() -> Iterator[Path]:
    """A state folder as the first start leaves it."""
    with state_folder() as path:
        start_servers(path).stop()
        yield path


@pytest.fixture
def folder(fresh: Path) -> Iterator[Path]:
    """A copy of it, which takes a tenth of the time that making a cluster takes."""
    with state_folder() as path:
        subprocess.run(["cp", "--archive", fresh / "servers", path], check=True)
        yield path


def write(servers: Servers, name: str) -> None:
    write_to(servers.database_url, servers.redis_url, name)


def write_to(database_url: str, redis_url: str, name: str) -> None:
    """Returns when both have it on disk: Valkey syncs each second only, so it is asked to tell."""
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (name text)")
        connection.execute("INSERT INTO note VALUES (%s)", [name])
    with Redis.from_url(redis_url) as redis:
        redis.rpush("notes", name)
        redis.execute_command("WAITAOF", 1, 0, 5000)


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
        pids = read_line(owner).split()[:2]
        owner.kill()
        for pid in pids:
            await_end(int(pid))
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
    with python(OWNER, folder) as owner:
        postgres, valkey, database_url, redis_url = read_line(owner).split()
        write_to(database_url, redis_url, "alice")
        pids = [int(postgres), int(valkey)]
        for pid in [owner.pid, *pids]:
            os.kill(pid, signal.SIGKILL)
        for pid in [owner.pid, *pids]:
            await_end(pid)

    again = start_servers(folder)
    assert written(again) == (["alice"], ["alice"])
    again.stop()


def test_stale_lock_files_do_not_block_a_start(folder: Path) -> None:
    pg = folder / "servers" / "pg"
    of_a_live_stranger = f"{os.getpid()}\n{pg}\n0\n5432\n{pg}\n\n  1 1\nready\n"
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (pg / name).write_text(of_a_live_stranger)
    (folder / "servers" / "valkey" / "valkey.sock").write_text("")
    servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    shutil.rmtree(folder / "servers")
    partial = folder / "servers" / "pg.tmp"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    servers = start_servers(folder)
    write(servers, "alice")
    servers.stop()


def test_when_one_cannot_start_the_other_is_stopped_and_the_folder_free(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Postgres] = []

    def fails(valkey: Valkey) -> None:
        raise ServerError("no room")

    def starts(postgres: Postgres) -> None:
        started.append(postgres)
        Server.start(postgres)

    with monkeypatch.context() as broken:
        broken.setattr(Postgres, "start", starts)
        broken.setattr(Valkey, "start", fails)
        with pytest.raises(ServerError, match="no room"):
            start_servers(folder)
    assert started[0].poll() == 0
    start_servers(folder, only=()).stop()
