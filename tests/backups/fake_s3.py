"""A store that speaks as much of S3 as backups use: objects in memory, parts, and requests that are signed.

It refuses what is not signed by the key it knows, and can be told to break off.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET, BUCKET = "backups", "a secret of the store", "house"
_SIGNED = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={KEY_ID}/\d+/[a-z0-9-]+/s3/aws4_request, .*Signature=[0-9a-f]{{64}}$"
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(slots=True)
class FakeS3:
    """`objects` by their keys. `fails_after` parts nothing more is taken; `lies` changes what is kept."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    aborted: int = 0
    unsigned: int = 0
    largest_part: int = 0
    fails_after: int | None = None
    lies: bool = False
    is_away: bool = False
    url: str = ""

    def keep(self, key: str, data: bytes) -> None:
        self.objects[key] = data[:-1] + bytes([data[-1] ^ 1]) if self.lies and data else data


@contextmanager
def serving_s3() -> Iterator[FakeS3]:
    store = FakeS3()
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    store: FakeS3
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        key, query = self._asked()
        if not self._is_let_in():
            return
        if "list-type" in query:
            self._list(query.get("prefix", [""])[0])
        else:
            self._object(key, with_body=True)

    def do_HEAD(self) -> None:
        key, _ = self._asked()
        if self._is_let_in():
            self._object(key, with_body=False)

    def do_PUT(self) -> None:
        key, query = self._asked()
        body = self._body()
        if not self._is_let_in():
            return
        if "uploadId" not in query:
            self.store.keep(key, body)
            self._answer(200, headers={"ETag": '"whole"'})
            return
        parts = self.store.uploads[query["uploadId"][0]]
        if self.store.fails_after is not None and len(parts) >= self.store.fails_after:
            self._answer(400, b"<Error><Code>EntityTooLarge</Code></Error>")
            return
        number = int(query["partNumber"][0])
        parts[number] = body
        self.store.largest_part = max(self.store.largest_part, len(body))
        self._answer(200, headers={"ETag": f'"part{number}"'})

    def do_POST(self) -> None:
        key, query = self._asked()
        body = self._body()
        if not self._is_let_in():
            return
        if "uploads" in query:
            name = f"upload{len(self.store.uploads) + self.store.aborted + 1}"
            self.store.uploads[name] = {}
            self._xml(
                f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
                f"<UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
            )
        elif "delete" in query:
            keys = [unquote(one) for one in re.findall(r"<Key>(.*?)</Key>", body.decode())]
            for one in keys:
                self.store.objects.pop(one, None)
            gone = "".join(f"<Deleted><Key>{escape(one)}</Key></Deleted>" for one in keys)
            self._xml(f"<DeleteResult>{gone}</DeleteResult>")
        else:
            parts = self.store.uploads.pop(query["uploadId"][0])
            self.store.keep(key, b"".join(parts[number] for number in sorted(parts)))
            self._xml(
                f"<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
                '<ETag>"joined"</ETag></CompleteMultipartUploadResult>'
            )

    def do_DELETE(self) -> None:
        key, query = self._asked()
        if not self._is_let_in():
            return
        if "uploadId" in query:
            self.store.uploads.pop(query["uploadId"][0], None)
            self.store.aborted += 1
        else:
            self.store.objects.pop(key, None)
        self._answer(204)

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        path = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        return path, parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _is_let_in(self) -> bool:
        if self.store.is_away:
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return False
        if _SIGNED.match(self.headers.get("Authorization", "")) and self.headers.get("x-amz-date"):
            return True
        self.store.unsigned += 1
        self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return False

    def _object(self, key: str, *, with_body: bool) -> None:
        data = self.store.objects.get(key)
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>" if with_body else b"")
            return
        headers = {"ETag": '"whole"', "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            self._answer(200, data, headers=headers, with_body=with_body)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        self._answer(206, data[first : last + 1], headers=headers, with_body=with_body)

    def _list(self, prefix: str) -> None:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified>"
            f'<ETag>"whole"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in sorted(self.store.objects.items())
            if key.startswith(prefix)
        )
        self._xml(
            f"<ListBucketResult><Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        )

    def _xml(self, text: str) -> None:
        self._answer(200, (_HEAD + text).encode(), headers={"Content-Type": "application/xml"})

    def _answer(
        self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None, with_body: bool = True
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)
