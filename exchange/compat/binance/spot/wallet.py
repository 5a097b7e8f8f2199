"""`/sapi/v1`: coins, transfers between wallets, fees, the state of the house."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
