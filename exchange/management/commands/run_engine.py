"""Runs a matching engine until it is told to stop: that of one shard, or of any that nobody leads."""

import argparse
import gc
import logging
import os
import signal
import socket
import threading
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.management.base import BaseCommand

from exchange.compiled.loading import running
from exchange.connections import engine_connection
from exchange.meters import note_engine
from exchange.standby import AnyShard
from exchange.worker import Fenced, Limits, Worker
from health import heartbeat
from health.watchdog import Watchdog

logger = logging.getLogger(__name__)

RETRY_S = 0.2
STANDBY_S = 0.1
REDIS_TIMEOUT_S = 2.0
SILENT_S = 5.0  # then the heartbeat says that the loop is stuck
# A batch makes thousands of tuples that are gone with it. To look for garbage at each 700 new ones, as Python
# does by itself, found next to none and took a fifth of the time of a batch.
GARBAGE_AFTER = (50_000, 20, 20)
ANY = None


def _shard(text: str) -> int | None:
    """Raises ValueError for what is neither a number nor "any"."""
    return ANY if text == "any" else int(text)


class Command(BaseCommand):
    help = "Run a matching engine: of each shard one process leads, others stand by."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--shard", type=_shard, default=ANY, help="a number, or any: the first that nobody leads"
        )
        parser.add_argument(
            "--batch", type=int, default=Limits().batch, help="most commands in a transaction"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_TIMEOUT_S)
        logger.info("the engine runs %s", running())
        note_engine(running().is_compiled)
        worker: Worker | AnyShard
        limits = Limits(batch=options["batch"])

        def make(shard: int) -> Worker:
            holder = f"{socket.gethostname()}:{os.getpid()}"
            return Worker(shard=shard, holder=holder, connect=engine_connection, client=client, limits=limits)

        if options["shard"] is ANY:
            worker = AnyShard(make=make, connect=engine_connection, lease_s=limits.lease_s)
        else:
            worker = make(options["shard"])
        watchdog = Watchdog()
        watchdog.start()
        heartbeat.start("engine", silent_after_s=SILENT_S)
        while not stopping.is_set():
            watchdog.silent_ticks = 0
            heartbeat.worked()
            self._turn(worker, stopping)
        worker.stop()
        heartbeat.stop()

    def _turn(self, worker: Worker | AnyShard, stopping: threading.Event) -> None:
        led = worker.leads
        if not led:
            gc.disable()  # a load makes nothing but what stays: looking for garbage costs a third of its time
        try:
            worker.run_once()
        except Fenced as error:
            logger.warning("%s: standing by", error)
            worker.forget()
        except (psycopg.Error, redis.RedisError) as error:
            logger.warning("starting over from what is committed: %s", error)
            heartbeat.failed(error)
            worker.forget()
            stopping.wait(RETRY_S)
        except Exception as error:
            logger.exception("starting over from what is committed")
            heartbeat.failed(error)
            worker.forget()
            stopping.wait(RETRY_S)
        if not worker.leads:
            if led:  # the engine that is gone was frozen, and its orders point at one another
                gc.unfreeze()
                gc.collect()
            stopping.wait(STANDBY_S)
        elif not led:
            # The engine's objects live as long as it leads: collecting them again and again buys nothing.
            gc.freeze()
            gc.set_threshold(*GARBAGE_AFTER)
            gc.enable()
