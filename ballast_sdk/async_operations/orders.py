"""Operations about orders. Generated: do not edit."""

from collections.abc import AsyncIterator, Sequence

from ballast_sdk.calls import Amount, Call, Repeat, given, segment, with_ids
from ballast_sdk.models.choices import OpenOrClosed, OrderType, SelfTradePrevention, Side, TimeInForce
from ballast_sdk.models.orders import (
    CancelForm,
    CancelResult,
    OneOrder,
    Order,
    OrderForm,
    Orders,
    Pending,
    Placed,
    PlaceResult,
    Switch,
)
from ballast_sdk.pages import async_rows_of
from ballast_sdk.sending import AsyncGroup
from ballast_sdk.signing import fresh_id


class AsyncOrdersApi(AsyncGroup):
    """One's own orders. What is answered is committed."""

    async def switches(self) -> list[Switch]:
        """See the dead man's switches that are armed."""
        return await self._send(
            Call[list[Switch]](
                "GET",
                "/api/v1/dead-mans-switch",
                {200: list[Switch]},
                member="switches",
                repeat=Repeat.ALWAYS,
            )
        )

    async def arm_switch(self, *, timeout_ms: int, market: str | None = None) -> list[Switch]:
        """Arm the dead man's switch, or put it off.

        Unless it is set again within timeout_ms every open order is canceled, of the market or of all. The
        switch of all markets and those of single ones stand side by side. Answers all that are armed.

        Without a market every shard is told. Where one took it and another did not, PARTLY_DONE (503) says
        so: `switches` as in a success, and in `shards` of each its `markets`, whether it is `done`, and the
        `code` of why not. Send it again for the rest.

        market: All markets if left out.
        """
        return await self._send(
            Call[list[Switch]](
                "PUT",
                "/api/v1/dead-mans-switch",
                {200: list[Switch]},
                member="switches",
                body=given(timeout_ms=timeout_ms, market=market),
                repeat=Repeat.ALWAYS,
            )
        )

    async def disarm_switch(self, *, market: str | None = None) -> list[Switch]:
        """Disarm the dead man's switch.

        Of the market, or without one that of all markets. Answers those that still are armed; PARTLY_DONE
        as when it is armed.
        """
        return await self._send(
            Call[list[Switch]](
                "DELETE",
                "/api/v1/dead-mans-switch",
                {200: list[Switch]},
                member="switches",
                query=given(market=market),
            )
        )

    def find(
        self, *, market: str | None = None, status: OpenOrClosed | None = None, page_size: int | None = None
    ) -> AsyncIterator[Order]:
        """List orders, latest first.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.find_page(market=market, status=status, cursor=cursor, limit=page_size),
            lambda page: page.orders,
        )

    async def find_page(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        market: str | None = None,
        status: OpenOrClosed | None = None,
    ) -> Orders:
        """List orders, latest first. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[Orders](
                "GET",
                "/api/v1/orders",
                {200: Orders},
                query=given(cursor=cursor, limit=limit, market=market, status=status),
                repeat=Repeat.ALWAYS,
            )
        )

    async def place(
        self,
        *,
        market: str,
        side: Side,
        type: OrderType,
        time_in_force: TimeInForce | None = None,
        price: Amount | None = None,
        quantity: Amount | None = None,
        quote_budget: Amount | None = None,
        trigger_price: Amount | None = None,
        expires_at_ms: int | None = None,
        post_only: bool | None = None,
        self_trade_prevention: SelfTradePrevention | None = None,
        client_order_id: str | None = None,
    ) -> Placed:
        """Place an order.

        Answered when committed. With a client_order_id a repeat is safe and gets the first answer.

        time_in_force: GTC for limit, IOC for market orders if left out. GTD needs expires_at_ms.
        price: In quote per base; a multiple of tick_size.
        quantity: In base; a multiple of lot_size.
        quote_budget: Market orders only: a buy spends no more (fee included), a sell stops there.
        trigger_price: Stop and take-profit orders only: the last price at which the order is executed.
        expires_at_ms: GTD only: when what is left is closed.
        post_only: Refused if it would match at once.
        self_trade_prevention: What happens where the order meets one of yours; EXPIRE_MAKER if left out.
        client_order_id: Yours to choose. A repeat gets the first answer.
        """
        client_order_id = client_order_id or fresh_id()
        return await self._send(
            Call[Placed](
                "POST",
                "/api/v1/orders",
                {200: Placed},
                body=given(
                    market=market,
                    side=side,
                    type=type,
                    time_in_force=time_in_force,
                    price=price,
                    quantity=quantity,
                    quote_budget=quote_budget,
                    trigger_price=trigger_price,
                    expires_at_ms=expires_at_ms,
                    post_only=post_only,
                    self_trade_prevention=self_trade_prevention,
                    client_order_id=client_order_id,
                ),
                repeat=Repeat.BY_ID,
                repeat_id=client_order_id,
            )
        )

    async def cancel_all(self, *, market: str | None = None) -> list[str]:
        """Cancel every open order, of one market or of all.

        Without a market every shard is asked. Where one did it and another did not, PARTLY_DONE (503) says
        so: `canceled_order_ids` as in a success, and in `shards` of each its `markets`, whether it is
        `done`, and the `code` of why not. Ask again for the rest.
        """
        return await self._send(
            Call[list[str]](
                "DELETE",
                "/api/v1/orders",
                {200: list[str]},
                member="canceled_order_ids",
                query=given(market=market),
            )
        )

    async def get(self, order_id: str) -> OneOrder:
        """See one order and its fills.

        Of many fills the latest 1,000: all of them are in GET /fills?order_id=.
        """
        return await self._send(
            Call[OneOrder](
                "GET", f"/api/v1/orders/{segment(order_id)}", {200: OneOrder}, repeat=Repeat.ALWAYS
            )
        )

    async def amend(
        self,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        trigger_price: Amount | None = None,
        keep_priority: bool | None = None,
    ) -> Placed:
        """Amend an order.

        Less quantity at the same price keeps the place in the queue; anything else gives it up, and may
        trade at once: those fills come with the answer.

        quantity: The new whole quantity, what is filled included.
        trigger_price: Of an order that still waits for its trigger.
        keep_priority: Refuse what would lose the order's place in the queue.
        """
        return await self._send(
            Call[Placed](
                "PATCH",
                f"/api/v1/orders/{segment(order_id)}",
                {200: Placed},
                body=given(
                    price=price, quantity=quantity, trigger_price=trigger_price, keep_priority=keep_priority
                ),
            )
        )

    async def cancel(self, order_id: str) -> Order:
        """Cancel an order."""
        return await self._send(
            Call[Order]("DELETE", f"/api/v1/orders/{segment(order_id)}", {200: Order}, member="order")
        )

    async def place_batch(self, orders: Sequence[OrderForm]) -> list[PlaceResult]:
        """Place up to 100 orders.

        One result for each, in the order sent. They enter the queue one after the other with nothing
        between; each is accepted or refused for itself. What is malformed refuses them all, by its place.
        """
        return await self._send(
            Call[list[PlaceResult]](
                "POST",
                "/api/v1/orders/batch",
                {200: list[PlaceResult]},
                member="results",
                body=given(orders=with_ids(orders)),
                repeat=Repeat.BY_ID,
            )
        )

    async def get_by_client_id(self, client_order_id: str) -> OneOrder | Pending:
        """See one order by client order id; PENDING while it is queued.

        The truth after OUTCOME_UNKNOWN: accepted, REJECTED with its reason, PENDING, or not found.
        """
        return await self._send(
            Call[OneOrder | Pending](
                "GET",
                f"/api/v1/orders/by-client-id/{segment(client_order_id)}",
                {200: OneOrder, 202: Pending},
                repeat=Repeat.ALWAYS,
            )
        )

    async def amend_by_client_id(
        self,
        client_order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        trigger_price: Amount | None = None,
        keep_priority: bool | None = None,
    ) -> Placed:
        """Amend an order by client order id.

        quantity: The new whole quantity, what is filled included.
        trigger_price: Of an order that still waits for its trigger.
        keep_priority: Refuse what would lose the order's place in the queue.
        """
        return await self._send(
            Call[Placed](
                "PATCH",
                f"/api/v1/orders/by-client-id/{segment(client_order_id)}",
                {200: Placed},
                body=given(
                    price=price, quantity=quantity, trigger_price=trigger_price, keep_priority=keep_priority
                ),
            )
        )

    async def cancel_by_client_id(self, client_order_id: str) -> Order:
        """Cancel an order by client order id."""
        return await self._send(
            Call[Order](
                "DELETE",
                f"/api/v1/orders/by-client-id/{segment(client_order_id)}",
                {200: Order},
                member="order",
            )
        )

    async def cancel_batch(self, orders: Sequence[CancelForm]) -> list[CancelResult]:
        """Cancel up to 100 orders.

        One result for each, in the order sent. A POST, because not every client can send a DELETE with a
        body.
        """
        return await self._send(
            Call[list[CancelResult]](
                "POST",
                "/api/v1/orders/cancel-batch",
                {200: list[CancelResult]},
                member="results",
                body=given(orders=orders),
            )
        )
