"""How many examples a property is tried with: a quarter of them in `make test`, all in `make long`.

How long an example takes on a crowded machine says nothing of the property, so nobody counts the seconds.
"""

from typing import Any

from hypothesis import HealthCheck, settings

_USUAL = 100
_SHARE = 4
_UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


def register_profiles() -> None:
    """The few from here on; `--hypothesis-profile=whole` of a run is heard later, and wins."""
    settings.register_profile("whole", max_examples=_USUAL, **_UNHURRIED)
    settings.register_profile("few", max_examples=_USUAL // _SHARE, **_UNHURRIED)
    settings.load_profile("few")


def examples(whole: int, **others: Any) -> settings:
    """For a property that needs another number than the usual one; `others` are settings of hypothesis."""
    is_whole = settings().max_examples == _USUAL
    return settings(max_examples=whole if is_whole else whole // _SHARE, **others)
