"""What a web process does for all of its connections each second: heartbeats, stalls, and whether whoever a
connection speaks for may still speak."""

import asyncio
import logging
import time

from django.db import InterfaceError, OperationalError

from access.sockets.census import census
from access.sockets.connection import NOT_AUTHENTICATED
from access.sockets.identities import Identity, still_valid
from access.sockets.protocol import HEARTBEAT_SECONDS
from access.threads import in_admission_thread

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0

_tasks: list[asyncio.Task[None]] = []


async def start_watch() -> None:
    """When a web process starts."""
    _tasks.append(asyncio.create_task(_watch(), name="socket watch"))
    _tasks.append(asyncio.create_task(_watch_identities(), name="socket identities"))


async def stop_watch() -> None:
    while _tasks:
        _tasks.pop().cancel()


async def _watch() -> None:
    beat_at = time.monotonic() + HEARTBEAT_SECONDS
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        now = time.monotonic()
        for connection in list(census.connections):
            connection.outbox.check(now)
            connection.check_age(now)
        if now >= beat_at:
            beat_at = now + HEARTBEAT_SECONDS
            census.tell(lambda dialect: dialect.heartbeat())


async def _watch_identities() -> None:
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        speaking: set[Identity] = {one for each in census.connections for one in each.identities}
        if not speaking:
            continue
        try:
            valid = await in_admission_thread(still_valid, speaking)
        except (OperationalError, InterfaceError) as error:  # nobody is put out because nobody can be asked
            logger.warning("who speaks on the sockets cannot be checked: %s", error)
            continue
        except Exception:  # a watch that ended would let the revoked speak on
            logger.exception("who speaks on the sockets cannot be checked")
            continue
        for connection in list(census.connections):
            if (connection.identities & speaking) - valid:
                connection.close(NOT_AUTHENTICATED, "the key or login is no longer valid")
