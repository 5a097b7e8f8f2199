"""What apps register: channels to subscribe to and operations to ask for, by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access.http import Scope
from access.serializers import StrictSerializer
from access.sockets.outbox import Subscription

if TYPE_CHECKING:
    from access.sockets.connection import Connection

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """`form` checks what comes beside op, id and channel. `key` says what of it tells one subscription from
    another, `open` makes one. `scope` None: for everybody."""

    name: str
    form: type[StrictSerializer]
    scope: Scope | None
    key: Callable[[Values], str]
    open: Callable[["Connection", Values], Awaitable[Subscription]]


@dataclass(frozen=True, slots=True)
class SocketOperation:
    """`cost` is how many tokens of the key's bucket a request takes; 0: it counts as a control message.

    Operations that take tokens are carried out side by side, but handed to `run` in their order, each when
    the one before has called `queued` (or has ended).
    """

    name: str
    form: type[StrictSerializer]
    scope: Scope | None
    run: Callable[["Connection", Values, Callable[[], None]], Awaitable[object]]
    cost: int = 0


channels: dict[str, Channel] = {}
operations: dict[str, SocketOperation] = {}


def register_channel(channel: Channel) -> None:
    channels[channel.name] = channel


def register_operation(operation: SocketOperation) -> None:
    operations[operation.name] = operation
