"""HTTP before the development chain, for this machine alone: a secret, bounded bodies and connections."""

import hmac
import logging
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from custody.dev_chain import rpc
from custody.dev_chain.node import DevNode

logger = logging.getLogger(__name__)

_MOST_BODY = 9_000_000  # a block in hex
_MOST_CONNECTIONS = 64
_PATIENCE_S = 30.0


class RpcServer(ThreadingHTTPServer):
    """Serves in threads of its own; `serve_forever` in the caller's. Port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], node: DevNode, user: str, password: str) -> None:
        self.node = node
        self.expected = f"{user}:{password}".encode()
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.info("a connection broke", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: RpcServer
    protocol_version = "HTTP/1.1"
    server_version = "ballast-dev-chain"
    sys_version = ""
    timeout = _PATIENCE_S
    disable_nagle_algorithm = True  # else a body waits 40 ms for its head to be acknowledged
    connection: socket

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal() or int(length[:12]) > _MOST_BODY:
            self.close_connection = True
            self._say(413 if length.isdecimal() else 411, "")
            return
        body = self.rfile.read(int(length))
        if not self._is_known():
            self._say(401, "")
            return
        self._say(*rpc.answer(self.server.node, body))

    def do_GET(self) -> None:
        self._say(405, "JSONRPC server handles only POST requests")

    def _is_known(self) -> bool:
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        try:
            given = b64decode(credentials, validate=True)
        except ValueError:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, self.server.expected)

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="jsonrpc"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """A line for each request would be most of the log."""
