"""Prices and the last 24 hours of every market."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
