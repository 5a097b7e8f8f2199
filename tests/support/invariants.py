"""All that must always be true, looked at as a whole: for the end of a test that tried to break it."""

from health.invariants import examine
from health.registry import Extent, invariants


def assert_invariants_hold() -> None:
    """Over everything, and over what can have changed lately, which must not find more."""
    for extent in Extent:
        outcomes = [examine(invariant, extent) for invariant in invariants()]
        broken = [
            (one.invariant.name, one.error or one.violations.offenders)
            for one in outcomes
            if one.error or one.violations.count
        ]
        assert broken == [], extent
