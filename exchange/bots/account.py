"""One account of the house as its owner sees it over the public API: what it has, what rests, what it asks.

It keeps the truth up to date by the account channel, and says when it cannot be sure of it any more.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Sequence
from typing import Literal, TypeVar

from ballast_sdk import ApiError, AsyncClient, ConnectionFailed, OutcomeUnknown
from ballast_sdk.messages import AccountSnapshot, AccountUpdate, Notice
from ballast_sdk.models import CancelForm, CancelResult, Market, Order, OrderForm, PlaceResult
from ballast_sdk.socket import Socket
from exchange.bots import meters
from exchange.bots.own import OwnBalances, OwnOrders
from exchange.bots.rules.copying import Holding
from exchange.bots.rules.following import Take
from exchange.bots.rules.quoting import Amend, Plan, Quote, Resting
from exchange.bots.rules.units import Units, units_of
from exchange.bots.terms import Terms
from exchange.engine.types import Side

logger = logging.getLogger(__name__)

T = TypeVar("T")
PAGE = 200
_SIDES: dict[Side, Literal["BUY", "SELL"]] = {Side.BUY: "BUY", Side.SELL: "SELL"}
GONE = "ORDER_NOT_FOUND"
WOULD_CROSS = "POST_ONLY_WOULD_CROSS"
UNKNOWN = "OUTCOME_UNKNOWN"
# Refusals that say nothing of the order: the house wants to be left alone for a while.
_NOT_NOW = frozenset(
    {"RATE_LIMITED", "ENGINE_UNAVAILABLE", "QUEUE_UNAVAILABLE", "QUEUE_FULL", "SERVICE_UNAVAILABLE"}
    | {"DATABASE_UNAVAILABLE", "DEADLINE_PASSED", "INTERNAL"}
)
# What an amend is refused for because the order is not what it was when the plan was made.
_OVERTAKEN = frozenset({"AMEND_UNCHANGED", "AMEND_BELOW_FILLED"})


class HouseAccount:
    """`is_certain`: nothing that was asked for has an unknown outcome, and nothing was missed.

    Of the last plan, `blocked` are quotes that were refused because somebody else's order stands beyond them,
    `in_the_way` is the first of them until somebody deals with it, and `refused` were refused for themselves.
    """

    def __init__(self, name: str, terms: Terms, client: AsyncClient, socket: Socket) -> None:
        self.name = name
        self.is_certain = False
        self.in_the_way: Quote | None = None
        self.blocked: list[Quote] = []
        self.refused: list[Quote] = []
        self.market: Market | None = None
        self.units: Units | None = None
        self._has_balances = False
        self._terms = terms
        self._client = client
        self._socket = socket
        self._prefix = f"{name}-"
        self._orders = OwnOrders(terms.market, self._prefix)
        self._balances = OwnBalances()

    # What is.

    @property
    def is_known(self) -> bool:
        return self.units is not None and self._has_balances

    def resting(self) -> list[Resting]:
        return self._orders.resting(self._known_units)

    def holding(self) -> Holding:
        assert self.market is not None, "look_at_market() comes first"
        base, quote = (
            self._balances.total(self.market.base_asset),
            self._balances.total(self.market.quote_asset),
        )
        return self._terms.holding(self._known_units, base=base, quote=quote)

    @property
    def _known_units(self) -> Units:
        assert self.units is not None, "look_at_market() comes first"
        return self.units

    async def follow(self) -> None:
        """Hears of the account until it is canceled. Raises ApiError where the key is refused."""
        async for message in await self._socket.account():
            self.hear(message)
        raise ConnectionFailed("the account is not heard any more")

    def hear(self, message: AccountSnapshot | AccountUpdate | Notice) -> None:
        if isinstance(message, Notice):
            if message.kind == "disconnected":
                self.is_certain = False
            return
        if isinstance(message, AccountSnapshot):
            self._balances.clear()
            self._orders.replace(message.orders)
            for line in message.balances:
                self._balances.hear(line.shard, line.asset, line.free, line.locked)
        else:
            for order in message.orders:
                self._orders.hear(order)
            for balance in message.balances:
                self._balances.hear(message.shard, balance.asset, balance.free, balance.locked)
        self._has_balances = True

    # What is asked for. Each raises ApiError, OutcomeUnknown, ConnectionFailed.

    async def look_at_market(self) -> None:
        """Raises ValueError too, for a market that is too fine."""
        market = await self._asked(self._client.markets.get(self._terms.market))
        self.units = units_of(
            tick_size=market.tick_size,
            lot_size=market.lot_size,
            min_notional=market.min_notional,
            max_notional=market.max_notional,
        )
        self.market = market

    async def settle(self, switch_ms: int) -> None:
        """Make certain: after it whatever was asked before has happened or never will.

        No command of an account overtakes an earlier one, so the answer to the switch says that those before
        it are decided; then the list of open orders is the truth, also about orders of an earlier process.
        """
        await self.set_switch(switch_ms)
        self._orders.replace(await self._asked(self._listed()))
        self.is_certain = True

    async def _listed(self) -> list[Order]:
        found = self._client.orders.find(market=self._terms.market, status="open", page_size=PAGE)
        return [order async for order in found]

    async def set_switch(self, switch_ms: int) -> None:
        """Without another word from us within that time the house cancels what rests."""
        await self._asked(self._socket.set_switch(timeout_ms=switch_ms, market=self._terms.market))

    async def carry_out(self, plan: Plan) -> None:
        """All in one go: what is sent over one connection is carried out in its order."""
        self.in_the_way, self.blocked, self.refused = None, [], []
        ways: list[Awaitable[None]] = [self._amend(amend) for amend in plan.amends]
        ways += [self._cancel(plan.cancels)] if plan.cancels else []
        ways += [self._place(plan.places)] if plan.places else []
        outcomes = await asyncio.gather(*ways, return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        meters.OPEN_ORDERS.set(len(self._orders))
        if failures:  # the one that says the least is acted on
            raise next((one for one in failures if isinstance(one, OutcomeUnknown)), failures[0])

    async def _amend(self, amend: Amend) -> None:
        order, units = amend.order, self._known_units
        moves = amend.price_ticks != order.price_ticks
        try:
            placed = await self._asked(
                self._socket.amend(
                    order_id=str(order.order_id),
                    price=units.price_text(amend.price_ticks) if moves else None,
                    quantity=units.quantity_text(order.filled_lots + amend.lots),
                )
            )
        except ApiError as error:
            if error.code in _NOT_NOW:
                raise
            self._refuse(error.code, order.order_id, Quote(order.side, amend.price_ticks, amend.lots))
            return
        self._orders.hear(placed.order)
        meters.QUOTES.labels("amended").inc()

    async def _cancel(self, orders: Sequence[Resting]) -> None:
        forms = [CancelForm(order_id=str(order.order_id)) for order in orders]
        results: list[CancelResult] = await self._asked(self._socket.cancel_batch(forms))
        for order, result in zip(orders, results, strict=True):
            if result.order is not None:
                self._orders.hear(result.order)
                meters.QUOTES.labels("canceled").inc()
            elif result.error is not None:
                self._refuse(result.error.code, order.order_id)

    async def _place(self, quotes: Sequence[Quote]) -> None:
        results: list[PlaceResult] = await self._asked(
            self._socket.place_batch([self._form(quote) for quote in quotes])
        )
        for quote, result in zip(quotes, results, strict=True):
            if result.order is not None:
                self._orders.hear(result.order)
                meters.QUOTES.labels("placed").inc()
            elif result.error is not None:
                self._refuse(result.error.code, 0, quote)

    async def take(self, take: Take) -> None:
        """An order that rests never: whatever becomes of it, it is not sent again."""
        units = self._known_units
        form = OrderForm(
            market=self._terms.market,
            side=_SIDES[take.side],
            type="LIMIT",
            time_in_force="IOC",
            price=units.price_text(take.limit_ticks),
            quantity=units.quantity_text(take.lots),
            client_order_id=self._new_id(),
        )
        await self._asked(self._socket.place(form))
        meters.TAKES.labels(take.side.name).inc()

    def _form(self, quote: Quote) -> OrderForm:
        return OrderForm(
            market=self._terms.market,
            side=_SIDES[quote.side],
            type="LIMIT",
            price=self._known_units.price_text(quote.price_ticks),
            quantity=self._known_units.quantity_text(quote.lots),
            post_only=True,
            client_order_id=self._new_id(),
        )

    def _new_id(self) -> str:
        return f"{self._prefix}{secrets.token_hex(8)}"

    def _refuse(self, code: str, order_id: int, quote: Quote | None = None) -> None:
        """One order of many. One that is gone was filled or canceled, and only its message has not come."""
        meters.REFUSALS.labels(self.name, code).inc()
        if code == UNKNOWN:
            self.is_certain = False
        elif code == GONE:
            self._orders.close(order_id)
        elif code == WOULD_CROSS and quote is not None:
            self.in_the_way = self.in_the_way or quote
            self.blocked.append(quote)
        elif quote is not None and code not in _OVERTAKEN:
            self.refused.append(quote)

    async def _asked(self, request: Awaitable[T]) -> T:
        try:
            answer = await request
        except ApiError as error:
            meters.REQUESTS.labels(self.name, error.code).inc()
            raise
        except OutcomeUnknown:
            meters.REQUESTS.labels(self.name, "UNKNOWN").inc()
            self.is_certain = False
            raise
        except ConnectionFailed:
            meters.REQUESTS.labels(self.name, "NOT_SENT").inc()
            raise
        meters.REQUESTS.labels(self.name, "OK").inc()
        return answer
