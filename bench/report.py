"""How figures are shown, and what every table is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console

console = Console(width=110)


@dataclass(frozen=True, slots=True)
class Run:
    """`folder` is for the taking; `runs` of each measurement; `commands` for the engine alone; further sizes
    of the book."""

    folder: Path
    runs: int
    commands: int
    resting: tuple[int, ...] = ()


def figures(per_second: Sequence[float]) -> tuple[str, str]:
    """The median, and the lowest and highest."""
    return f"{median(per_second):,.0f}", f"{min(per_second):,.0f} .. {max(per_second):,.0f}"
