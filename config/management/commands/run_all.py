"""`manage.py run_all`: every process but web under one supervisor, for platforms where each machine costs.

It starts no servers and runs no release step: those are the platform's. `config.keeper` does the work.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Mapping
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from access.errors import DomainError
from config.children import OUR_OUTPUT, ChildProcess
from config.keeper import Keeper, Ward
from config.processes import ALL_BUT_WEB, SERVICES, count_of
from config.supervisor import Ended, Restarted, stop_all
from health.heartbeat import Heart, this_instance

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.1
_GRACE_SECONDS = float(os.environ.get("BALLAST_STOP_SECONDS", "8"))
_CUSTOMER = "bots"


def wards_of(environment: Mapping[str, str]) -> list[Ward]:
    """What is on by the environment, as on the lines of its own. Raises ValueError."""
    return [
        Ward(_child(process.name, process.command, number, environment), process.name, process.beats)
        for process in SERVICES
        if process.name != "web"
        for number in range(count_of(process, environment))
    ]


def _child(line: str, command: str, number: int, environment: Mapping[str, str]) -> ChildProcess:
    name = f"{line}{number + 1}" if number else line
    return ChildProcess(name, command, log=OUR_OUTPUT, env=environment, cwd=settings.BASE_DIR)


class Command(BaseCommand):
    help = "Run engines, worker, beat and whatever else is on, all but web, and restart what dies or hangs."

    def handle(self, *_: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stopping.set())
        try:
            wards = wards_of(os.environ)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if settings.DEMO and any(ward.line == _CUSTOMER for ward in wards):
            _give_bots_their_keys()
        heart = Heart(ALL_BUT_WEB.name, this_instance(), silent_after_s=0)
        keeper = Keeper(wards, redis_url=settings.REDIS_URL, tell=_tell, clock=time.monotonic, heart=heart)
        try:
            keeper.start()
            while not stopping.is_set():
                if not keeper.run_once():
                    stopping.wait(_PAUSE_SECONDS)
        finally:
            keeper.close()
            stop_all([ward.child for ward in wards if ward.line == _CUSTOMER], grace_seconds=_GRACE_SECONDS)
            stop_all([ward.child for ward in wards], grace_seconds=_GRACE_SECONDS)


def _give_bots_their_keys() -> None:
    """On a platform nobody else runs `seed_demo` where the bots find its file: its disk is gone with it."""
    try:
        call_command("seed_demo", stdout=StringIO())
    except (DatabaseError, DomainError, OSError) as error:
        logger.warning("the bots have no keys: %s", error)


def _tell(event: Ended | Restarted) -> None:
    child = event.child.name
    if isinstance(event, Restarted):
        logger.warning("%s runs again (restart %s)", child, event.restarts)
        return
    why = event.reason or f"ended with exit code {event.exit_code}"
    logger.warning("%s %s; starting it again in %.1f s", child, why, event.delay_seconds)
