"""Lets a process run the compiled engine in place of the interpreted one, where there is a build of it.

Who does not ask for it (verification, tests) runs the interpreter; so what one decided the other checks.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from exchange.compiled.place import build_folder, module_files

AUTO, COMPILED, PYTHON = CHOICES = ("auto", "compiled", "python")
_ENTRY = "exchange.engine.matching"


class NotCompiled(Exception):
    """The compiled engine was asked for and cannot be had; the message says why."""


class Running(NamedTuple):
    """Which engine this process runs, and why."""

    is_compiled: bool
    reason: str

    def __str__(self) -> str:
        return f"{'compiled' if self.is_compiled else 'interpreted'} ({self.reason})"


class _Choice:
    """What this process has chosen, before it imported the engine."""

    running = Running(is_compiled=False, reason="nobody asked for another")


class BuildFinder(MetaPathFinder):
    """Finds the modules of one build, and none else."""

    def __init__(self, files: dict[str, Path]) -> None:
        self.files = files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self.files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def choose_engine(wanted: str) -> Running:
    """Call it before anything imports the engine. Raises NotCompiled: wanted COMPILED, cannot be had."""
    if wanted == PYTHON:
        _Choice.running = Running(is_compiled=False, reason="as BALLAST_ENGINE says")
        return _Choice.running
    problem = _load(build_folder())
    if problem and wanted == COMPILED:
        raise NotCompiled(f"BALLAST_ENGINE=compiled, but {problem}")
    _Choice.running = Running(not problem, problem or build_folder().name)
    return _Choice.running


def running() -> Running:
    return _Choice.running


def _load(folder: Path) -> str:
    """What is wrong, or nothing. A module that is imported already would be there twice."""
    files = module_files(folder)
    if not files:
        return "there is no build of these sources for this Python: make compile"
    there = sorted(name for name in files if name in sys.modules)
    if there:
        return f"{there[0]} is imported already"
    finder = BuildFinder(files)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(_ENTRY)
    except ImportError as error:
        sys.meta_path.remove(finder)
        for name in files:
            sys.modules.pop(name, None)
        return f"the build cannot be loaded: {error}"
    return ""
