"""The lines that are logged meanwhile, as a process would write them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from logs.lines import JSON, formatter

Lines = list[dict[str, Any]]


class Logged:
    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(formatter("tests", JSON))

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def lines(self, logger: str = "") -> Lines:
        """Of this logger and of those under it."""
        found: Lines = [json.loads(line) for line in self.text.splitlines()]
        return [one for one in found if one["logger"].startswith(logger)]


@contextmanager
def logged() -> Iterator[Logged]:
    caught, root = Logged(), logging.getLogger()
    root.addHandler(caught.handler)
    try:
        yield caught
    finally:
        root.removeHandler(caught.handler)
