"""The taker: follows the trades of an outside market, and clears what is in the maker's way."""

import logging
import time
from collections.abc import Callable

from ballast_sdk import SdkError
from exchange.bots.account import HouseAccount
from exchange.bots.inbox import Inbox
from exchange.bots.pausing import Pause, asked_of_us
from exchange.bots.rules.copying import Holding
from exchange.bots.rules.following import OutsideTrade, Take, Waiting, affordable_take, follow, heard
from exchange.bots.rules.units import Units
from exchange.bots.terms import Terms

logger = logging.getLogger(__name__)

MARKET_S = 10.0
CLEARED_S = 1.0  # between two orders that clear the way
CLEARED_PART = 100  # of what it has, so much at once


class Taker:
    def __init__(
        self,
        account: HouseAccount,
        maker: HouseAccount,
        inbox: Inbox,
        terms: Terms,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._maker = maker
        self._inbox = inbox
        self._terms = terms
        self._clock = clock
        self._pause = Pause()
        self._waiting = Waiting()
        self._market_at = self._cleared_at = float("-inf")

    async def run_once(self) -> bool:
        """At most one order; says whether there was one. One whose outcome is not known is not repeated."""
        now = self._clock()
        trades = self._inbox.take_trades()
        if not self._pause.is_over(now):
            return False
        try:
            if now - self._market_at >= MARKET_S:
                await self._account.look_at_market()
                self._market_at = now
            take = self._decide(trades, now)
            if take is not None:
                await self._account.take(take)
        except (SdkError, ValueError) as error:
            logger.warning("the taker waits: %s", error)
            self._pause.begin(now, asked_of_us(error) if isinstance(error, SdkError) else None)
            return False
        self._pause.succeeded()
        return take is not None

    def _decide(self, trades: list[OutsideTrade], now: float) -> Take | None:
        account = self._account
        if not account.is_known or account.units is None or account.market is None:
            return None
        if account.market.status != "OPEN":
            return None
        units, holding = account.units, account.holding()
        terms = self._terms.follow_terms(units)
        for trade in trades:
            self._waiting = heard(self._waiting, trade, units, terms)
        clearing = self._clearing(holding, units, now)
        if clearing is not None:
            return clearing
        take, self._waiting = follow(self._waiting, holding, units, terms, int(now * 1_000))
        return take

    def _clearing(self, holding: Holding, units: Units, now: float) -> Take | None:
        """Somebody's order stands beyond a quote of the maker: better than outside, so take it."""
        quote = self._maker.in_the_way
        if quote is None or self._inbox.is_silent or now - self._cleared_at < CLEARED_S:
            return None
        self._cleared_at = now
        self._maker.in_the_way = None
        lots = max(quote.lots, holding.base_lots // CLEARED_PART)
        return affordable_take(Take(quote.side, quote.price_ticks, lots), holding, units)
