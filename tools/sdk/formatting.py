"""Lays generated text out as the rest of the house is laid out, with the pinned ruff."""

import subprocess
import sys
from pathlib import Path

_OURS = "lint.isort.known-first-party = ['ballast_sdk']"  # while its files are being made, too
_RUFF = Path(sys.executable).with_name("ruff")


def formatted(path: str, text: str) -> str:
    sorted_text = _ruff(["check", "--fix-only", "--quiet", "--select", "I", "--config", _OURS], path, text)
    return _ruff(["format", "--quiet"], path, sorted_text)


def _ruff(arguments: list[str], path: str, text: str) -> str:
    command = [str(_RUFF), *arguments, "--line-length", "110", "--stdin-filename", f"ballast_sdk/{path}", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout
