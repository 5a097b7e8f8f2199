"""The page's websocket in the hands of a test: frames can be lost, the line can be cut and mended."""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, WebSocketRoute


@dataclass
class Wire:
    """`losing` names a channel whose updates are lost; while `is_cut` nobody gets through."""

    losing: str = ""
    lost: int = 0
    is_cut: bool = False
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def take(self, page: Page) -> None:
        """Before the page is opened."""
        page.route_web_socket("**/ws/v1/", self._open)

    def cut(self) -> None:
        self.is_cut = True
        for socket in self.sockets:
            socket.close(code=1012)
        self.sockets.clear()

    def mend(self) -> None:
        self.is_cut = False

    def _open(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=1013)
            return
        self.sockets.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda message: self._pass_on(socket, message))

    def _pass_on(self, socket: WebSocketRoute, message: str | bytes) -> None:
        frame: Any = json.loads(message)
        if self.losing and frame.get("channel") == self.losing and frame.get("type") == "update":
            self.lost += 1
        elif not self.is_cut:
            socket.send(message)
