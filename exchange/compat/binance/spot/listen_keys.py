"""Listen keys: names under which an account's own events can be listened to."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
