"""Which version of the product this is: what a platform says, the commit that is checked out, or a file."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

_SAID = ("BALLAST_VERSION", "HEROKU_SLUG_COMMIT", "SOURCE_VERSION", "RAILWAY_GIT_COMMIT_SHA")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LONGEST = 40
_SHORT = 12
UNKNOWN = "unknown"


def version(base_dir: Path, environment: Mapping[str, str] = os.environ) -> str:
    """A commit in short, or whatever somebody called it; never an error."""
    said = next((environment[name] for name in _SAID if environment.get(name)), "")
    try:
        found = said or _commit(base_dir / ".git") or (base_dir / "VERSION").read_text()
    except (OSError, ValueError):
        return UNKNOWN
    found = found.strip()[:_LONGEST]
    return found[:_SHORT] if _COMMIT.fullmatch(found) else found or UNKNOWN


def _commit(git: Path) -> str:
    """Without git itself, which need not be installed. "" where nothing is checked out here."""
    if not (git / "HEAD").is_file():
        return ""
    head = (git / "HEAD").read_text().strip()
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    if (git / name).is_file():
        return (git / name).read_text()
    lines = (git / "packed-refs").read_text().splitlines()
    return next((line.partition(" ")[0] for line in lines if line.endswith(f" {name}")), "")
