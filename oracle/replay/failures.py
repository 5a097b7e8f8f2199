"""What is wrong with the files of a replay, said so that it can be found."""

from pathlib import Path


class ReplayError(Exception):
    """`line` counts from 1, 0 where no single one is meant."""

    def __init__(self, path: Path, message: str, line: int = 0) -> None:
        super().__init__(f"{path}, line {line}: {message}" if line else f"{path}: {message}")
