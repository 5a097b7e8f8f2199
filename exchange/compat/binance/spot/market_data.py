"""What everybody may see: markets, books, trades, candles."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
