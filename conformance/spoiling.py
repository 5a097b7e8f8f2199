"""A proxy that passes everything on and spoils one answer, to see who notices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_PASSED = ("content-type", "x-mbx-apikey")


@contextmanager
def spoiled(upstream: str, path: str, right: bytes, wrong: bytes) -> Iterator[str]:
    """The proxy's URL. In answers of `path` the bytes `right` are `wrong`."""
    with httpx.Client(base_url=upstream, timeout=20) as client:

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name: value for name, value in self.headers.items() if name.lower() in _PASSED}
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = client.request(self.command, self.path, content=body, headers=headers)
                content = answer.content
                if self.path.partition("?")[0] == path:
                    content = content.replace(right, wrong)
                self.send_response(answer.status_code)
                self.send_header("content-type", answer.headers["content-type"])
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_DELETE = do_PUT = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
