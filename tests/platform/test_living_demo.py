"""The demo of `manage.py up` is alive: its book moves, somebody trades, and it takes its quotes with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.platform.person import read_screen, up
from tests.platform.processes import free_port, read_line, state_folder
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
LEVELS = 15


@pytest.fixture
def folder() -> Iterator[Path]:
    with state_folder() as path:
        yield path


def test_somebody_quotes_and_trades_until_it_is_stopped(folder: Path) -> None:
    port = free_port()
    with up(folder, port) as process:
        assert "bots" in read_screen(process)
        read_line(process, lambda line: line.startswith("bob") and "secret" in line)
        assert not read_line(process, lambda line: bool(line)).startswith(("maker", "taker"))
        book = wait_for("a book", lambda: _whole_book(port))
        wait_for("it to move", lambda: _get(port, "book").get("bids", book["bids"]) != book["bids"])
        wait_for("trades", lambda: len(_get(port, "trades").get("trades", [])) > 3)
        process.terminate()
        read_line(process, lambda line: line.startswith("Stopped."))
    assert "Traceback" not in (folder / "logs" / "bots.log").read_text()
    assert "left to the switch" not in (folder / "logs" / "bots.log").read_text()


def _get(port: int, what: str) -> dict[str, Any]:
    """Nothing, while the engine has not opened the market, or the house is to be asked again."""
    answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/markets/BTC-USDB/{what}", timeout=20)
    assert answer.status_code in (200, 404, 503), answer.text
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return found


def _whole_book(port: int) -> dict[str, Any] | None:
    book = _get(port, "book")
    if not book or min(len(book["bids"]), len(book["asks"])) < LEVELS:
        return None
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    return book
