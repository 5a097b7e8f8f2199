"""One's own account: balances, fills, rates, limits."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
