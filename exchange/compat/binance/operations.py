"""What an operation of a surface is: one declaration for HTTP and for the websocket API.

A handler gets a `Call` that was admitted and gives what JSON can say; `def` handlers run in a thread. It
raises `Refusal`, or whatever the house raises, which `translation` puts into Binance's words.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from access.http import Caller, Scope
from exchange.compat.binance.limits import NOTHING_COUNTED, Counted
from exchange.compat.binance.parameters import Parameter, Values
from exchange.sending import Sender


class Security(Enum):
    """What proves who asks: nothing, a key's name alone, or a key's name and signature."""

    NONE = "none"
    KEY = "key"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Call:
    """`values` holds every declared parameter. `sender` makes the sender of this request's commands: the same
    signed request gives the same command ids, so that a replay is carried out once. `identity` is the text
    that stands for the signed request, as an idempotency key; "" for one that is not signed. `counted` is
    what the account and the address have used up."""

    caller: Caller
    values: Values
    now_ms: int
    identity: str
    sender: Callable[[], Sender]
    counted: Counted = NOTHING_COUNTED

    @property
    def account(self) -> int:
        return self.caller.user_id


Handler = Callable[[Call], object] | Callable[[Call], Awaitable[object]]
Weight = int | Callable[[Values], int]


@dataclass(frozen=True, slots=True)
class Operation:
    """`http` is ("POST", "/api/v3/order"), `socket` the method of the websocket API; None: not served there.

    `weight` is taken from the address's minute. `orders` is how many it counts against the account's order
    limits. `check` looks at the values together. `scope` is what the key needs where it has to be signed.
    """

    name: str
    run: Handler
    http: tuple[str, str] | None = None
    socket: str | None = None
    security: Security = Security.NONE
    scope: Scope | None = None
    parameters: tuple[Parameter, ...] = ()
    weight: Weight = 1
    socket_weight: Weight | None = None  # where it differs
    orders: int = 0
    check: Callable[[Values], None] | None = None

    def weight_of(self, values: Values, *, on_socket: bool = False) -> int:
        weight = self.socket_weight if on_socket and self.socket_weight is not None else self.weight
        return weight if isinstance(weight, int) else weight(values)


@dataclass(frozen=True, slots=True)
class Surface:
    """A set of operations under some prefixes, by HTTP line and by method of the websocket API."""

    name: str
    prefixes: tuple[str, ...]
    by_line: Mapping[tuple[str, str], Operation] = field(default_factory=dict)
    by_method: Mapping[str, Operation] = field(default_factory=dict)


def surface_of(name: str, prefixes: tuple[str, ...], operations: tuple[Operation, ...]) -> Surface:
    by_line = {one.http: one for one in operations if one.http is not None}
    by_method = {one.socket: one for one in operations if one.socket is not None}
    assert len(by_line) == sum(one.http is not None for one in operations), "an HTTP line is there twice"
    assert len(by_method) == sum(one.socket is not None for one in operations), "a method is there twice"
    return Surface(name, prefixes, by_line, by_method)
