"""The runbook as it lies beside the source: a section for each alert, under the alert's name."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

PATH = Path("docs/runbook.md")
_SECTION = re.compile(r"^### (\w+)$", re.MULTILINE)


@cache
def sections() -> dict[str, str]:
    """By name. Empty where a deployment left the file out."""
    try:
        text = (settings.BASE_DIR / PATH).read_text()
    except OSError:
        return {}
    parts = _SECTION.split(text)
    # A section ends where a chapter begins.
    return {
        name: body.partition("\n## ")[0].strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }
