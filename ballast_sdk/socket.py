"""Live data, one's own account and orders over `/ws/v1/`, for asyncio. `connection` keeps the wire.

After a break it connects again and every subscription goes on where it was, or begins anew with a snapshot;
each is told of both with a `Notice`. Nothing that changes something is ever sent twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import msgspec
from msgspec import structs

from ballast_sdk.calls import Amount, given, with_ids
from ballast_sdk.channels import Channels
from ballast_sdk.connection import Connection, SocketOptions
from ballast_sdk.errors import ApiError, ConnectionFailed, UnreadableAnswer
from ballast_sdk.messages import Head, Notice, message_of
from ballast_sdk.models import (
    CancelForm,
    CancelResult,
    Order,
    OrderForm,
    Placed,
    PlaceResult,
    Switch,
)
from ballast_sdk.signing import ApiKey, Secret
from ballast_sdk.subscriptions import Key, Subscription

T = TypeVar("T")
TRIES_TO_SUBSCRIBE = 5  # also to unsubscribe: who has many is told to wait when all come back at once
WHOLE = ("snapshot", "price_update", "notice")  # frames that need nothing before them
OWN = ("account", "vaults", "notices")  # channels that live market data do not concern


class Socket(Channels):
    """`async with Socket(url, key=..., secret=...) as socket`. Without a key it hears public channels only.

    Requests raise ApiError if refused, ConnectionFailed if there is no connection (nothing was sent), and
    OutcomeUnknown if the connection broke, or no answer came in time, after they were sent.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        secret: Secret = "",
        options: SocketOptions = SocketOptions(),  # noqa: B008 (frozen)
    ) -> None:
        if bool(key) != bool(secret):
            raise ValueError("Give a key with its secret, or neither.")
        self._options = options
        self._subscriptions: dict[Key, Subscription[Any]] = {}
        self._beginnings: set[asyncio.Task[None]] = set()
        self._connection = Connection(
            url,
            ApiKey(key, secret) if key else None,
            options,
            hear=self._hear,
            lost=lambda: self._tell(Notice(kind="disconnected")),
            ended=self._end,
        )

    async def __aenter__(self) -> Self:
        """Connected. Raises ConnectionFailed if that takes longer than the time-out."""
        await self._connection.open(self._subscribe_again)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Every subscription ends."""
        for task in self._beginnings:
            task.cancel()
        await self._connection.close()

    @property
    def is_connected(self) -> bool:
        return self._connection.is_ready

    async def wait_connected(self, seconds: float) -> None:
        """Raises ConnectionFailed if it does not come back in that time."""
        await self._connection.wait_ready(seconds)

    # What can be asked for.

    async def ping(self) -> int:
        """The house's time."""
        return await self._ask("ping", {}, int, member="time_ms")

    async def place(self, order: OrderForm) -> Placed:
        """A client order id is made if it has none; `OutcomeUnknown.repeat_id` says it."""
        form = with_ids([order])[0]
        members = given(**structs.asdict(form))
        return await self._ask("order.place", members, Placed, repeat_id=form.client_order_id)

    async def amend(
        self,
        *,
        order_id: str | None = None,
        client_order_id: str | None = None,
        price: Amount | None = None,
        quantity: Amount | None = None,
        trigger_price: Amount | None = None,
        keep_priority: bool | None = None,
    ) -> Placed:
        """By one of the two ids. What is left out stays as it is."""
        members = given(
            order_id=order_id,
            client_order_id=client_order_id,
            price=price,
            quantity=quantity,
            trigger_price=trigger_price,
            keep_priority=keep_priority,
        )
        return await self._ask("order.amend", members, Placed)

    async def cancel(self, *, order_id: str | None = None, client_order_id: str | None = None) -> Order:
        """By one of the two ids."""
        members = given(order_id=order_id, client_order_id=client_order_id)
        return await self._ask("order.cancel", members, Order, member="order")

    async def place_batch(self, orders: Sequence[OrderForm]) -> list[PlaceResult]:
        """At most 100; one result for each."""
        members = given(orders=with_ids(orders))
        return await self._ask("orders.place_batch", members, list[PlaceResult], member="results")

    async def cancel_batch(self, orders: Sequence[CancelForm]) -> list[CancelResult]:
        """At most 100; one result for each."""
        members = given(orders=list(orders))
        return await self._ask("orders.cancel_batch", members, list[CancelResult], member="results")

    async def cancel_all(self, *, market: str | None = None) -> list[str]:
        """The ids of what was canceled, of one market or of all."""
        members = given(market=market)
        return await self._ask("orders.cancel_all", members, list[str], member="canceled_order_ids")

    async def set_switch(self, *, timeout_ms: int, market: str | None = None) -> list[Switch]:
        """Unless it is set again in that time, every open order is canceled. Gives all that are armed."""
        members = given(timeout_ms=timeout_ms, market=market)
        return await self._ask("switch.set", members, list[Switch], member="switches")

    async def _ask(
        self, operation: str, members: Any, kind: type[T], *, member: str = "", repeat_id: str | None = None
    ) -> T:
        result = await self._connection.ask(operation, members, repeat_id=repeat_id or "")
        try:
            if member:
                result = bytes(msgspec.json.decode(result, type=dict[str, msgspec.Raw])[member])
            return msgspec.json.decode(result, type=kind)
        except (msgspec.MsgspecError, KeyError) as error:
            raise UnreadableAnswer(f"{operation}: {error}") from error

    async def _subscribe(self, **fields: object) -> Subscription[Any]:
        subscription = Subscription[Any](
            fields, most=self._options.most_waiting, leave=self._leave, anew=self._begin_anew
        )
        if subscription.key in self._subscriptions:
            raise ApiError("ALREADY_SUBSCRIBED", "This socket listens to that already.")
        if not self.is_connected:
            raise ConnectionFailed("subscribe: not connected.")
        self._subscriptions[subscription.key] = subscription
        try:
            await self._request(subscription)
        except BaseException:
            self._subscriptions.pop(subscription.key, None)
            raise
        subscription.is_confirmed = True
        return subscription

    async def _request(self, subscription: Subscription[Any]) -> None:
        """Also while the connection is being greeted."""
        await self._patiently("subscribe", lambda: subscription.request)

    async def _patiently(self, operation: str, members: Callable[[], dict[str, object]]) -> None:
        for left in reversed(range(TRIES_TO_SUBSCRIBE)):
            try:
                await self._connection.ask_early(operation, members())
            except ApiError as error:
                if error.code != "RATE_LIMITED" or left == 0:
                    raise
                await asyncio.sleep(error.retry_after or 1.0)
            else:
                return

    async def _subscribe_again(self) -> None:
        """On a new connection. What is refused now ends that subscription alone."""
        for subscription in list(self._subscriptions.values()):
            if subscription.is_confirmed:
                await self._request_or_end(subscription)

    async def _request_or_end(self, subscription: Subscription[Any]) -> None:
        try:
            await self._request(subscription)
        except ApiError as error:
            self._subscriptions.pop(subscription.key, None)
            subscription.end(error)

    async def _leave(self, key: Key) -> None:
        subscription = self._subscriptions.pop(key, None)
        if subscription is not None and self.is_connected:
            try:
                await self._patiently("unsubscribe", lambda: subscription.fields)
            except (ApiError, ConnectionFailed):
                return  # then it has ended already

    def _begin_anew(self, key: Key) -> None:
        task = asyncio.create_task(self._leave_and_request(key), name=f"ballast anew {key}")
        self._beginnings.add(task)
        task.add_done_callback(self._beginnings.discard)

    async def _leave_and_request(self, key: Key) -> None:
        subscription = self._subscriptions.get(key)
        if subscription is None or not self.is_connected:
            return  # a new connection asks for it
        try:
            await self._patiently("unsubscribe", lambda: subscription.fields)
            await self._request(subscription)
        except ConnectionFailed:
            return
        except ApiError as error:
            if self.is_connected and self._subscriptions.get(key) is subscription:
                del self._subscriptions[key]
                subscription.end(error)

    def _hear(self, head: Head, frame: bytes) -> None:
        if head.type == "market_data" and head.state in ("stale", "live"):
            self._tell(Notice(kind=cast(Any, head.state)))
            return
        subscription = self._subscriptions.get((head.channel, head.market, head.interval))
        if subscription is None:
            return
        try:
            message = message_of(head, frame)
        except msgspec.MsgspecError as error:
            del self._subscriptions[subscription.key]
            subscription.end(UnreadableAnswer(f"{head.channel}: {error}"))
            return
        if message is not None:
            subscription.put(message, is_snapshot=head.type in WHOLE)

    def _tell(self, notice: Notice) -> None:
        for subscription in list(self._subscriptions.values()):
            is_concerned = notice.kind == "disconnected" or subscription.key[0] not in OWN
            if is_concerned and subscription.is_confirmed:
                subscription.put(notice)

    def _end(self, error: BaseException | None) -> None:
        for subscription in self._subscriptions.values():
            subscription.end(error)
        self._subscriptions.clear()
