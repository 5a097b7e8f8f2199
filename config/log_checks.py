"""System checks of how lines are logged."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from logs.lines import FORMATS, LEVELS


def check_logs(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """What is misspelled would be taken for the default, and found out when lines are missing."""
    found: list[CheckMessage] = []
    form, level = os.environ.get("BALLAST_LOG_FORMAT", ""), os.environ.get("LOG_LEVEL", "")
    if form and form not in FORMATS:
        hint = f"One of {', '.join(FORMATS)}; without it JSON, and plain at a terminal."
        found.append(Error(f"BALLAST_LOG_FORMAT is {form!r}.", hint=hint, id="ballast.E035"))
    if level and level.upper() not in LEVELS:
        found.append(
            Error(f"LOG_LEVEL is {level!r}.", hint=f"One of {', '.join(LEVELS)}.", id="ballast.E036")
        )
    return found
