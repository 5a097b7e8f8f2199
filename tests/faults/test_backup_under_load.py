"""A house is backed up while it trades, and taken back to that backup: books agree, nothing later counts."""

import secrets
from dataclasses import replace
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from redis import Redis

from config.backups.database import of_url
from config.backups.making import Making, make_backup
from config.backups.manifest import Manifest
from config.backups.restoring import Restoring, restore_backup
from config.backups.store import store_of
from config.embedded.temporary import temporary_servers
from exchange.queue import stream_key
from tests.faults.checks import assert_books_agree
from tests.faults.house import House
from tests.support.clusters import begin_migrated
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(300)]
KEY = "the encryption key of a house of tests"


def test_one_that_was_made_under_load_holds_and_what_came_after_is_not_applied_to_it(tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    store = store_of(f"file://{tmp_path}", {})
    with temporary_servers("ballast-restored-", begin=begin_migrated) as servers:
        house = House(servers, servers.place.wanted.parent)
        making = Making(of_url(servers.database_url), store, [identity.to_public()], "test", KEY, 120)
        try:
            house.manage("seed_demo")
            house.make_whole()
            manifest = _backed_up_in_the_middle(house, making)
            _leave_commands_in_the_queue(house)
            house.stop()
            restoring = Restoring(store, manifest, of_url(servers.database_url), [identity], KEY)
            restore_backup(replace(restoring, replaces=True))
            _lives_on_from(house, manifest)
        finally:
            house.stop()


def _backed_up_in_the_middle(house: House, making: Making) -> Manifest:
    with house.load() as load:
        load.await_acknowledged(100)
        manifest = make_backup(making)
        load.await_acknowledged(100)
    return manifest


def _leave_commands_in_the_queue(house: House) -> None:
    """As a house that dies leaves them: entries that its engine has not taken."""
    for engine in list(house.engines):
        house.kill(engine)
    with Redis.from_url(house.servers.redis_url) as redis:
        for _ in range(3):
            redis.xadd(stream_key(0), {"c": secrets.token_bytes(40)})


def _lives_on_from(house: House, manifest: Manifest) -> None:
    ((_, sequence),) = manifest.facts["shards"]
    assert house.shard().sequence == sequence
    with house.connect() as connection:
        assert_books_agree(connection)
    house.engines = []
    house.start_web()
    engine = house.start_engine()
    house.await_engine(engine)
    with house.connect() as connection:
        statement = "SELECT count(*) FROM exchange_journalentry WHERE sequence > %s AND command = ''"
        assert connection.execute(statement, [sequence]).fetchone() == (0,)
    with Redis.from_url(house.servers.redis_url) as redis:
        assert redis.xlen(stream_key(0)) < 3
    with house.load() as load:
        load.await_acknowledged(50)
    wait_for("orders after the restore", lambda: house.shard().sequence > sequence)
    with house.connect() as connection:
        assert_books_agree(connection)
