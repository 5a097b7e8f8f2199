"""The figures of a policy as operators give them: flat whole numbers, each with its least and its most."""

from collections.abc import Mapping
from dataclasses import replace

from oracle.rules.policy import Breaker, Policy
from oracle.rules.quotes import PPM

_DAY_MS = 86_400_000
_SHARE = (1, PPM)
_BREAKERS = ("liquidations", "minting")
LIMITS: Mapping[str, tuple[int, int]] = {
    "min_sources": (1, 50),
    "max_age_ms": (500, _DAY_MS),
    "max_future_ms": (0, 60_000),
    "frozen_after_ms": (0, _DAY_MS),
    "max_deviation_ppm": _SHARE,
    "max_confidence_ppm": _SHARE,
    "accepted_jump_ppm": _SHARE,
    "halting_jump_ppm": _SHARE,
    "stale_after_ms": (1_000, 3_600_000),
    "confirm_after_ms": (0, 60_000),
    "twap_window_ms": (60_000, _DAY_MS),
    **{
        f"{breaker}_{part}": limits
        for breaker in _BREAKERS
        for part, limits in {
            "move_ppm": _SHARE,
            "window_ms": (1_000, _DAY_MS),
            "cooldown_ms": (1_000, 7 * _DAY_MS),
        }.items()
    },
}


def figures_of(policy: Policy) -> dict[str, int]:
    """A value for each of LIMITS."""
    return {name: _figure(policy, name) for name in LIMITS}


def _figure(policy: Policy, name: str) -> int:
    breaker, _, part = name.partition("_")
    value = getattr(getattr(policy, breaker), part) if breaker in _BREAKERS else getattr(policy, name)
    assert isinstance(value, int)
    return value


def with_figures(policy: Policy, figures: Mapping[str, int]) -> Policy:
    """`figures` are values for some of LIMITS; the others stay as the policy has them."""
    values = {**figures_of(policy), **figures}
    assert values.keys() == LIMITS.keys(), f"no figures of a policy: {values.keys() - LIMITS.keys()}"
    breakers = {
        breaker: Breaker(**{part: values.pop(f"{breaker}_{part}") for part in Breaker.__slots__})
        for breaker in _BREAKERS
    }
    return replace(policy, **values, **breakers)  # type: ignore[arg-type]  # all of LIMITS are whole numbers


def wrong_figure(figures: Mapping[str, int]) -> str:
    """The first that is out of its range, or does not go with another; "" where all are well."""
    for name, (least, most) in LIMITS.items():
        if not least <= figures[name] <= most:
            return name
    return "halting_jump_ppm" if figures["halting_jump_ppm"] < figures["accepted_jump_ppm"] else ""
