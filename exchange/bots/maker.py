"""The maker: keeps a copy of an outside book in a market, and takes it away when that is silent.

It decides by the pure rules; what it asks for goes through its account.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from ballast_sdk import SdkError
from exchange.bots import meters
from exchange.bots.account import HouseAccount
from exchange.bots.inbox import Inbox
from exchange.bots.pausing import Pause, asked_of_us
from exchange.bots.rules.copying import affordable, copied, within_band
from exchange.bots.rules.quoting import Plan, Quote, plan, unblocked, worst_prices
from exchange.bots.terms import Terms
from exchange.engine.types import Side

logger = logging.getLogger(__name__)

SWITCH_MS = 15_000
SWITCH_RENEWED_S = 5.0
MARKET_S = 10.0
SETTLED_S = 60.0
PULLING_S = 3.0
AVOIDED_S = 5.0
MARKET_SOON_S = 1.0  # after a refusal: its terms may be others by now
TAKES_QUOTES = frozenset({"OPEN", "POST_ONLY"})
TAKES_CANCELS = TAKES_QUOTES | {"CANCEL_ONLY"}


class Maker:
    """`run_once` never raises what the house or the way to it does wrong: it tries again later."""

    def __init__(
        self,
        account: HouseAccount,
        inbox: Inbox,
        terms: Terms,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._inbox = inbox
        self._terms = terms
        self._clock = clock
        self._asking = Pause()
        self._avoided: dict[tuple[Side, int], float] = {}  # until when, prices that were refused
        self._blocked: dict[Side, int] = {}  # up to which price somebody's order is in the way
        self._market_at = self._switch_at = self._settled_at = float("-inf")
        self._copied_at = 0.0  # which book has been copied last, by when it became so
        self._is_pulled = True  # nothing is there yet

    async def run_once(self) -> bool:
        """Bring what rests to what is wanted. Says whether anything was asked for."""
        if not self._asking.is_over(self._clock()):
            return False
        try:
            asked = await self._keep_up()
            asked = await self._turn() or asked
        except (SdkError, ValueError) as error:
            logger.warning("the maker waits: %s", error)
            self._asking.begin(self._clock(), asked_of_us(error) if isinstance(error, SdkError) else None)
            return True
        self._asking.succeeded()
        return asked

    async def _keep_up(self) -> bool:
        """What is due whatever the source says: the market's terms, certainty, and the switch."""
        now, account = self._clock(), self._account
        if now - self._market_at >= MARKET_S:
            await account.look_at_market()
            self._market_at = now
        if not account.is_certain or now - self._settled_at >= SETTLED_S:
            await account.settle(SWITCH_MS)
            self._settled_at = self._switch_at = now
            return True
        if now - self._switch_at >= SWITCH_RENEWED_S:
            await account.set_switch(SWITCH_MS)
            self._switch_at = now
            return True
        return False

    async def _turn(self) -> bool:
        account, changed_at = self._account, self._inbox.changed_at
        if not account.is_known:
            return False
        decided = self._possible(
            plan(self._wanted(), account.resting(), tolerance_ppm=self._terms.tolerance_ppm)
        )
        if decided.requests:
            await account.carry_out(decided)
            self._note(decided, changed_at)
        return bool(decided.requests)

    def _wanted(self) -> Sequence[Quote]:
        """Nothing of a source that is silent: nobody may trade on a price that is no more."""
        account, market, book = self._account, self._account.market, self._inbox.book
        self._tell_silence()
        if self._inbox.is_silent or book is None or market is None or account.units is None:
            return ()
        units = account.units
        quotes = copied(book, units, self._terms.copy_terms(units))
        if market.band_ppm and market.reference_price:
            quotes = within_band(quotes, units.ticks(market.reference_price), market.band_ppm)
        return affordable(self._passable(self._unrefused(quotes)), account.holding(), units)

    def _unrefused(self, quotes: Sequence[Quote]) -> list[Quote]:
        """Without prices that the market has just refused, for whatever reason: others may be taken."""
        now = self._clock()
        self._avoided = {key: until for key, until in self._avoided.items() if until > now}
        return [quote for quote in quotes if (quote.side, quote.price_ticks) not in self._avoided]

    def _passable(self, quotes: Sequence[Quote]) -> list[Quote]:
        """The way is free again where the best of a side rests."""
        best = {side: price_ticks for side, price_ticks, _ in reversed(quotes)}
        resting = {(order.side, order.price_ticks) for order in self._account.resting()}
        self._blocked = {
            side: price_ticks
            for side, price_ticks in self._blocked.items()
            if (side, best.get(side)) not in resting
        }
        return unblocked(quotes, self._blocked)

    def _possible(self, decided: Plan) -> Plan:
        """What the market takes now."""
        status = self._account.market.status if self._account.market is not None else ""
        if status not in TAKES_CANCELS:
            return Plan()
        if status in TAKES_QUOTES:
            return decided
        return Plan(cancels=(*(amend.order for amend in decided.amends), *decided.cancels))

    def _note(self, decided: Plan, changed_at: float) -> None:
        for quote in self._account.refused:
            self._avoided[quote.side, quote.price_ticks] = self._clock() + AVOIDED_S
            self._market_at = min(self._market_at, self._clock() - MARKET_S + MARKET_SOON_S)
        known = [Quote(side, price_ticks, 0) for side, price_ticks in self._blocked.items()]
        self._blocked = worst_prices([*known, *self._account.blocked])
        if changed_at > self._copied_at and not self._inbox.is_silent:
            self._copied_at = changed_at
            meters.LAG_SECONDS.observe(self._clock() - changed_at)

    def _tell_silence(self) -> None:
        is_silent = self._inbox.is_silent
        if is_silent != self._is_pulled:
            self._is_pulled = is_silent
            logger.log(
                logging.WARNING if is_silent else logging.INFO,
                "the source is silent: nothing is quoted" if is_silent else "the source speaks: quoting",
            )
        meters.SILENT.set(int(is_silent))

    async def pull(self) -> None:
        """At the end: take everything away. What cannot be reached any more the switch takes."""
        if not self._account.is_known:
            return
        try:
            async with asyncio.timeout(PULLING_S):
                await self._account.carry_out(plan((), self._account.resting()))
        except (SdkError, TimeoutError) as error:
            logger.warning("the quotes are left to the switch: %s", error)
