"""What every page says when something is away: what does not work now, and what still does."""

from collections.abc import Mapping
from typing import Any

from dashboard.status.words import CAPABILITIES, listed, lowered

_GRAVE = {"trading", "login", "account_data"}


def brief_of(content: Mapping[str, Any]) -> dict[str, object]:
    """A few hundred bytes for pages that ask again and again. `banner` is None where nothing is away."""
    return {
        "status": content["status"],
        "time_ms": content["time_ms"],
        "capabilities": content["capabilities"],
        "banner": _banner(content["capabilities"]),
    }


def _banner(capabilities: Mapping[str, str]) -> dict[str, str] | None:
    away = [name for name, state in capabilities.items() if state != "available"]
    if not away:
        return None
    works = [lowered(CAPABILITIES[name]) for name in capabilities if name not in away]
    level = "bad" if _GRAVE & set(away) else "warn"
    rest = f"Still there: {listed(works)}." if works else "Pages that you have open show what was last known."
    return {"level": level, "title": f"Not available now: {listed(_names(away))}.", "rest": rest}


def _names(away: list[str]) -> list[str]:
    first, *others = (CAPABILITIES[name] for name in away)
    return [lowered(first), *map(lowered, others)]
