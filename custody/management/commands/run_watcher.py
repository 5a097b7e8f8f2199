"""Watches the chain until it is told to stop. Stands by while another does."""

import logging
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from access.exclusive import alone
from custody.chains.registry import NoSource, configured_source
from custody.chains.source import ChainSource
from custody.services.exclusive import Job
from custody.services.wallet_keys import learn_keys
from custody.services.watching.watcher import Watcher
from health import heartbeat
from health.watchdog import Watchdog

logger = logging.getLogger(__name__)

RETRY_S = 0.5
SILENT_S = 60.0  # a turn asks the source several times, each with its own patience
WATCHDOG_S = 300
ASK_SIGNERS_S, ASK_AGAIN_S = 30.0, 600.0  # while a key is missing; and whether it is still the same


class Command(BaseCommand):
    help = "Watch the chain: tell what concerns us, credit deposits. One works, others stand by."

    def handle(self, *_: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        try:
            source = configured_source()
        except NoSource as error:
            raise CommandError(str(error)) from error
        watchdog = Watchdog(limit=WATCHDOG_S)
        watchdog.start()
        heartbeat.start("watcher", silent_after_s=SILENT_S)
        try:
            while not stopping.is_set():
                self._lead(source, watchdog, stopping)
                stopping.wait(RETRY_S)
        finally:
            source.close()
            heartbeat.stop()

    def _lead(self, source: ChainSource, watchdog: Watchdog, stopping: threading.Event) -> None:
        """For as long as nobody else watches and nothing fails."""
        watchdog.silent_ticks = 0
        heartbeat.worked()
        try:
            with alone(Job.WATCHING) as is_ours:
                if is_ours:
                    self._watch(source, watchdog, stopping)
        except Exception as error:
            logger.exception("starting over from what is committed")
            heartbeat.failed(error)
            connection.close()

    def _watch(self, source: ChainSource, watchdog: Watchdog, stopping: threading.Event) -> None:
        watcher, ask_at = Watcher(source), 0.0
        while not stopping.is_set():
            watchdog.silent_ticks = 0
            heartbeat.worked()
            if time.monotonic() >= ask_at:
                pause_s = ASK_AGAIN_S if learn_keys() else ASK_SIGNERS_S
                ask_at = time.monotonic() + pause_s  # from now: one that hangs takes its time each time
            if not watcher.run_once():
                stopping.wait(settings.CUSTODY_POLL_SECONDS)
