"""A server that answers each request as it was told to: refusals, silence, and connections that break."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTHING: tuple[int, bytes] = (0, b"")  # the connection ends without an answer


@dataclass
class Script:
    """`answers` are given one after the other, the last one for ever. `heard` is what came."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)

    def say(self, *answers: tuple[int, bytes]) -> None:
        self.answers = list(answers)

    def ids(self) -> list[str]:
        """The client order id or the Idempotency-Key of each request."""
        return [
            head.get("idempotency-key") or json.loads(body)["client_order_id"]
            for _, _, body, head in self.heard
        ]


def refusal(status: int, code: str, **details: object) -> tuple[int, bytes]:
    members = {"code": code, "message": "No.", "field": "price", "request_id": "r1", **details}
    return status, json.dumps({"error": members}).encode()


def success(**members: object) -> tuple[int, bytes]:
    return 200, json.dumps(members).encode()


@contextmanager
def scripted() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            head = {name.lower(): value for name, value in self.headers.items()}
            script.connections.add(self.client_address)
            script.heard.append((self.command, self.path, body, head))
            status, content = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
