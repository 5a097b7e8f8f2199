"""Runs the maker and the taker until told to stop; then every quote of the maker is taken away."""

import asyncio
import logging
import signal
from pathlib import Path
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exchange.bots.running import Bots, Key, Keys
from exchange.bots.sources.naming import make_source
from exchange.bots.sources.source import Source
from exchange.bots.terms import Terms, terms_of
from exchange.demo_keys import keys_file, read_demo_keys
from health import heartbeat
from health.watchdog import Watchdog

logger = logging.getLogger(__name__)

SILENT_S = 30.0  # then the heartbeat says that the loop is stuck
TICK_S = 1.0


class Command(BaseCommand):
    help = (
        "Copy an outside market into one of ours: a maker and a taker, customers like any other. One process."
    )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            terms = terms_of(settings.BOTS_TERMS)
            new_source(terms)
        except ValueError as error:
            raise CommandError(str(error)) from error
        watchdog = Watchdog()
        watchdog.start()
        heartbeat.start("bots", silent_after_s=SILENT_S)
        logger.info("copying %s into %s of %s", terms.source, terms.market, terms.url)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_until_stopped(terms, watchdog))
        finally:
            heartbeat.stop()


async def _until_stopped(terms: Terms, watchdog: Watchdog) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    ticking = asyncio.create_task(_tick(watchdog))
    await Bots(terms, lambda: new_source(terms), find_keys, stopping).run()
    ticking.cancel()


async def _tick(watchdog: Watchdog) -> None:
    """A loop that is stuck does not come here."""
    while True:
        watchdog.silent_ticks = 0
        await asyncio.sleep(TICK_S)


def new_source(terms: Terms) -> Source:
    """Raises ValueError."""
    return make_source(terms.source, url=terms.url, seed=settings.BOTS_SEED)


def find_keys() -> Keys | None:
    """Those of the settings; in a demo those of its file, as soon as there is one."""
    keys = {bot: Key(*pair) for bot, pair in settings.BOTS_KEYS.items() if all(pair)}
    if settings.DEMO:
        demo = read_demo_keys(keys_file(Path(settings.STATE_DIR)))
        keys = {
            bot: Key(one.key, one.secret) for bot, one in demo.items() if bot in settings.BOTS_KEYS
        } | keys
    return Keys(**keys) if len(keys) == len(settings.BOTS_KEYS) else None
