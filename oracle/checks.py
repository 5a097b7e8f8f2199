"""What health asks of the oracle: who may act on its price now, and how each source is."""

from health.registry import Check

CHECKS: tuple[Check, ...] = ()
