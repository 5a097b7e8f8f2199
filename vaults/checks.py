"""What /health says of vaults (see `health.registry`)."""

from health.registry import Check

CHECKS: tuple[Check, ...] = ()
