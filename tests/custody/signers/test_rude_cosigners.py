"""A co-signer that lies neither hangs the house nor fills its memory, nor says what no database takes."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

import pytest

from custody.bitcoin.types import Role
from custody.chains.source import ChainUnavailable, ChainUnfit, Unfit
from custody.signers.remote import RemoteSigner
from custody.signers.seal import SEAL_HEADER, answer_seal
from custody.signers.signer import Refusal, SignerRefused, SignerUnavailable
from tests.custody.support.serving import serving

SECRET = "a secret of tests, which everybody may know"
PATIENCE_S, LEEWAY_S = 0.4, 2.0
FOREIGN = "no\x00body\nERROR ballast: all is lost\x1b[2J\u2028"


@contextmanager
def dripping(head: bytes, drop: bytes) -> Iterator[RemoteSigner]:
    """A co-signer whose answer never ends, and of which a little comes all the time."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with suppress(OSError):
                line, _ = server.accept()
                with line:
                    line.recv(65_536)
                    line.sendall(head)
                    while True:
                        line.sendall(drop)
                        time.sleep(PATIENCE_S / 10)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        yield RemoteSigner(Role.BACKUP, url, SECRET, answer_seconds=PATIENCE_S)
        thread.join(timeout=5)


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[RemoteSigner]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header(SEAL_HEADER, answer_seal(SECRET, self.headers[SEAL_HEADER], status, body))
            self.send_header("content-length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as port:
        yield RemoteSigner(Role.BACKUP, f"http://127.0.0.1:{port}", SECRET)


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"x-more: of it\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b" "),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_that_never_ends_is_given_up_in_time(head: bytes, drop: bytes) -> None:
    begun = time.monotonic()
    with dripping(head, drop) as signer, pytest.raises(SignerUnavailable):
        signer.describe()
    assert time.monotonic() - begun < PATIENCE_S + LEEWAY_S


def test_it_unpacks_nothing() -> None:
    """What was a thousandth of its size on the line would be in memory before its seal is looked at."""
    about = json.dumps({"role": "backup", "party": "x", "key": None, "network": "regtest"}).encode()
    with answering(200, about) as signer:
        assert signer.describe().party == "x"
    packed = answering(200, gzip.compress(about), content_encoding="gzip")
    with packed as signer, pytest.raises(SignerUnavailable, match="not the message"):
        signer.describe()


def test_who_runs_it_is_told_on_one_line() -> None:
    about = {"role": "backup", "party": FOREIGN, "key": None, "network": "regtest"}
    with answering(200, json.dumps(about).encode()) as signer:
        assert signer.describe().party == "no body ERROR ballast: all is lost [2J "


@pytest.mark.parametrize(("status", "code"), [(422, "REFUSED"), (503, "STOPPED"), (500, FOREIGN)])
def test_its_reasons_are_told_on_one_line(status: int, code: str) -> None:
    fault = {"error": {"code": code, "message": FOREIGN, "reason": "FEE"}}
    answer, either = answering(status, json.dumps(fault).encode()), (SignerRefused, SignerUnavailable)
    with answer as signer, pytest.raises(either) as told:
        signer.describe()
    assert str(told.value).isprintable()


def test_so_are_those_of_a_node() -> None:
    assert str(ChainUnavailable(FOREIGN + "\ud800")).isprintable()
    assert str(ChainUnfit(Unfit.MALFORMED, FOREIGN)).isprintable()
    assert SignerRefused(Refusal.FEE, FOREIGN).detail.isprintable()
