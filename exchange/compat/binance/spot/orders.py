"""Placing, canceling, replacing, amending and seeing orders."""

from exchange.compat.binance.operations import Operation

OPERATIONS: tuple[Operation, ...] = ()
