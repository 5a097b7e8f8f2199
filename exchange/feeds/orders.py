"""Orders over a socket: the same forms, the same costs and the same way to the engine as over HTTP.

What a connection sends in a row enters the queue in that row, though nobody waits for an answer in between.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from access.fields import ClientOrderIdField
from access.http import Scope
from access.signing import DEFAULT_RECV_WINDOW_MS
from access.sockets.channels import SocketOperation, Values, register_operation
from access.sockets.connection import Connection
from exchange import trading
from exchange.api.forms import (
    AmendForm,
    CancelForm,
    CancelsForm,
    OrderForm,
    OrderIdField,
    OrdersForm,
    SwitchForm,
)
from exchange.api.orders import BATCH_COST, CANCEL_BATCH_COST
from exchange.api.queries import MarketQuery
from exchange.rendering import NS_PER_MS
from exchange.sending import Sender

Queued = Callable[[], None]


class AmendByIdForm(AmendForm):
    """As over HTTP, with the order's name, by one of the two."""

    order_id = OrderIdField(required=False, allow_null=True)
    client_order_id = ClientOrderIdField(required=False, allow_null=True)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        CancelForm.check_together(values)
        super().check_together(values)


def _sender(connection: Connection, queued: Queued) -> Sender:
    """Nothing that is sent on a connection can be sent again by another: each command has a new id."""
    return Sender(
        account=connection.account,
        deadline_ns=time.time_ns() + DEFAULT_RECV_WINDOW_MS * NS_PER_MS,
        command_id=lambda shard, index: uuid4(),
        queued=queued,
    )


async def _place(connection: Connection, values: Values, queued: Queued) -> object:
    return await trading.place(_sender(connection, queued), values)


async def _place_batch(connection: Connection, values: Values, queued: Queued) -> object:
    return {"results": await trading.place_batch(_sender(connection, queued), values["orders"])}


async def _cancel(connection: Connection, values: Values, queued: Queued) -> object:
    return await trading.cancel(_sender(connection, queued), **_name_of(values))


async def _cancel_batch(connection: Connection, values: Values, queued: Queued) -> object:
    targets = [(one["order_id"] or 0, one["client_order_id"] or "") for one in values["orders"]]
    return {"results": await trading.cancel_batch(_sender(connection, queued), targets)}


async def _cancel_all(connection: Connection, values: Values, queued: Queued) -> object:
    return await trading.cancel_all(_sender(connection, queued), market=values["market"])


async def _amend(connection: Connection, values: Values, queued: Queued) -> object:
    terms = {name: value for name, value in values.items() if name not in ("order_id", "client_order_id")}
    return await trading.amend(_sender(connection, queued), terms, **_name_of(values))


async def _set_switch(connection: Connection, values: Values, queued: Queued) -> object:
    sender = _sender(connection, queued)
    return await trading.set_switch(sender, timeout_ms=values["timeout_ms"], market=values["market"])


def _name_of(values: Values) -> dict[str, Any]:
    return {"order_id": values["order_id"] or 0, "client_order_id": values["client_order_id"] or ""}


def register_operations() -> None:
    for name, form, run, cost in (
        ("order.place", OrderForm, _place, 1),
        ("order.amend", AmendByIdForm, _amend, 1),
        ("order.cancel", CancelForm, _cancel, 1),
        ("orders.place_batch", OrdersForm, _place_batch, BATCH_COST),
        ("orders.cancel_batch", CancelsForm, _cancel_batch, CANCEL_BATCH_COST),
        ("orders.cancel_all", MarketQuery, _cancel_all, 1),
        ("switch.set", SwitchForm, _set_switch, 1),
    ):
        register_operation(SocketOperation(name, form, Scope.TRADE, run, cost))
