"""What a command prints is its answer alone: its log lines go beside it, so that the answer can be piped."""

import pytest

from config.logs import logging_settings


@pytest.mark.parametrize(
    ("process", "stream"),
    [("manage", "ext://sys.stderr"), ("web", "ext://sys.stdout"), ("release", "ext://sys.stdout")],
)
def test_lines_of_commands_stand_beside_their_answers(process: str, stream: str) -> None:
    assert logging_settings(process, {})["handlers"]["lines"]["stream"] == stream
