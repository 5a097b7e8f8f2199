"""A house's end of the page's websocket that changes its book as often as it is told."""

import json
import random
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

LEVELS = 500  # of each side
CHANGED = 4  # of each side with each update
MIDDLE_CENTS, TICK_CENTS = 6_000_000, 50
_EMPTY: dict[str, dict[str, Any]] = {"trades": {"trades": []}, "candles": {"candles": []}}


class Feed:
    """Counts what it sent. The same seed makes the same book."""

    def __init__(self, symbol: str) -> None:
        self._symbol = symbol
        self._random = random.Random(7)
        self._sockets: list[WebSocketRoute] = []
        self._sequence = 1
        self.sent = 0

    def take(self, page: Page) -> None:
        page.route_web_socket("**/ws/v1/", self._open)

    def change(self) -> None:
        """One update to whoever has the book."""
        first, self._sequence = self._sequence + 1, self._sequence + 1
        frame = self._frame("update", {side: self._levels(side, CHANGED) for side in ("bids", "asks")})
        for socket in self._sockets:
            socket.send(json.dumps({**frame, "first_sequence": first}))
            self.sent += 1

    def _open(self, socket: WebSocketRoute) -> None:
        socket.on_message(lambda message: self._answer(socket, json.loads(message)))

    def _answer(self, socket: WebSocketRoute, asked: dict[str, Any]) -> None:
        result = {"time_ms": 0} if asked["op"] == "ping" else {}
        socket.send(json.dumps({"id": asked["id"], "ok": True, "result": result}))
        channel = asked.get("channel")
        if channel == "book":
            self._sockets.append(socket)
            whole = {side: self._levels(side, None) for side in ("bids", "asks")}
            socket.send(json.dumps(self._frame("snapshot", whole)))
        elif channel in _EMPTY:
            head = {key: asked[key] for key in ("channel", "market", "interval") if key in asked}
            socket.send(json.dumps({**head, "type": "snapshot", **_EMPTY[channel]}))

    def _frame(self, kind: str, sides: dict[str, list[list[str]]]) -> dict[str, Any]:
        head = {"channel": "book", "type": kind, "market": self._symbol}
        return {**head, "sequence": self._sequence, "time_ms": 0, **sides}

    def _levels(self, side: str, count: int | None) -> list[list[str]]:
        """All of them, or some of the best twenty: there a book changes."""
        places = range(LEVELS) if count is None else self._random.sample(range(20), count)
        way = -1 if side == "bids" else 1
        return [
            [_price(MIDDLE_CENTS + way * (place + 1) * TICK_CENTS), f"0.{self._random.randint(1, 99999):05}"]
            for place in places
        ]


def _price(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
