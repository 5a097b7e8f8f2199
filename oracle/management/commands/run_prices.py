"""Listens to price feeds and makes rounds of them until it is told to stop. Stands by while another does."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from health import heartbeat
from health.watchdog import Watchdog
from oracle.inbox import Inbox
from oracle.listening import Deaf, Listening
from oracle.pushing import Pusher
from oracle.services.round_lock import round_lock
from oracle.services.rounds import Overtaken
from oracle.sources.surroundings import surroundings

logger = logging.getLogger(__name__)

RETRY_S = 0.5
SILENT_S = 5.0  # then the heartbeat says that the loop is stuck


class Command(BaseCommand):
    help = "Listen to price feeds in place of polling: one makes rounds, others stand by."

    def handle(self, *_: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        inbox, watchdog = Inbox(), Watchdog()
        try:
            listening = Listening(settings.ORACLE_SOURCES, surroundings(), inbox)
        except ValueError as error:  # NoSource, UnsafeAddress
            raise CommandError(str(error)) from error
        watchdog.start()
        heartbeat.start("prices", silent_after_s=SILENT_S)
        try:
            while not stopping.is_set():
                self._lead(inbox, listening, watchdog, stopping)
                stopping.wait(RETRY_S)
        finally:
            listening.stop()
            heartbeat.stop()

    def _lead(
        self, inbox: Inbox, listening: Listening, watchdog: Watchdog, stopping: threading.Event
    ) -> None:
        """For as long as nobody else makes rounds and nothing fails."""
        watchdog.silent_ticks = 0
        heartbeat.worked()
        try:
            with round_lock() as is_ours:
                pusher = Pusher(inbox, settings.ORACLE_POLL_SECONDS)
                while is_ours and not stopping.is_set():
                    watchdog.silent_ticks = 0
                    heartbeat.worked()
                    listening.check()
                    pusher.run_once()
                if is_ours:
                    pusher.stop()
        except Deaf as error:
            raise CommandError(str(error)) from error
        except (DatabaseError, Overtaken) as error:
            logger.warning("starting over from what is committed: %s", error)
            heartbeat.failed(error)
            connection.close()
        except Exception as error:
            logger.exception("starting over from what is committed")
            heartbeat.failed(error)
            connection.close()
