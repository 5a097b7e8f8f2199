"""What a source of an outside market is, and how one is listened to for ever."""

import asyncio
import logging
from typing import Protocol

from exchange.bots.inbox import Inbox

logger = logging.getLogger(__name__)

FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 15.0


class SourceLost(Exception):
    """It broke, or went silent; it may be begun again."""


class Source(Protocol):
    name: str

    async def run(self, inbox: Inbox) -> None:
        """Puts into the inbox what it hears, until it breaks or is canceled. Raises SourceLost."""


async def listen(source: Source, inbox: Inbox, *, first_delay_s: float = FIRST_DELAY_S) -> None:
    """For ever: begun again after each failure, later and later while it says nothing in between."""
    delay_s = first_delay_s
    while True:
        heard_at = inbox.heard_at
        try:
            await source.run(inbox)
        except SourceLost as error:
            logger.warning("lost %s: %s", source.name, error)
        except Exception:
            logger.exception("a source failed in a way that it should not: %s", source.name)
        if inbox.heard_at != heard_at:
            delay_s = first_delay_s
        await asyncio.sleep(delay_s)
        delay_s = min(delay_s * 2, LONGEST_DELAY_S)
