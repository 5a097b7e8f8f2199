"""How a node of tests misbehaves: each lie is told until another is set."""

import time
from enum import StrEnum
from http.server import BaseHTTPRequestHandler

DRIP_S = 0.05


class Lie(StrEnum):
    NETWORK = "NETWORK"  # another first block
    SYNCING = "SYNCING"  # headers far ahead of its blocks
    STUCK = "STUCK"  # says for ever what it said when the lie began
    NO_WORK = "NO_WORK"  # a header that nobody worked for
    WRONG_BLOCK = "WRONG_BLOCK"  # another block than was asked for
    CUT_BLOCK = "CUT_BLOCK"  # without its last transaction
    WRONG_TRANSACTION = "WRONG_TRANSACTION"
    HEX = "HEX"  # with letters that are none
    NULLS = "NULLS"  # null for everything
    NUMBERS = "NUMBERS"  # 1e999999 for everything
    NAN = "NAN"
    DEEP = "DEEP"  # lists within lists
    HTML = "HTML"
    ERROR_PAGE = "ERROR_PAGE"  # the same with status 503
    REDIRECT = "REDIRECT"
    PACKED = "PACKED"  # what says that it is gzip
    HUGE = "HUGE"  # says and sends 100 MB
    ENDLESS = "ENDLESS"  # the same without saying how much
    DRIP = "DRIP"  # a byte at a time
    SLOW_HEADERS = "SLOW_HEADERS"
    CUT = "CUT"  # closes in the middle
    LOST = "LOST"  # does what it is asked, and closes without a word


PAGE = b"<html><body>It works!</body></html>"
_HUGE = 100 * 1024 * 1024
_PART = b" " * (1024 * 1024)


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, lie: Lie | None) -> None:
    """Write the answer of a node, or what comes of it with a lie about HTTP."""
    try:
        _answer(handler, status, body, lie)
    except (ConnectionError, TimeoutError):
        handler.close_connection = True  # who asked had enough


def _answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, lie: Lie | None) -> None:
    match lie:
        case Lie.HTML:
            _write(handler, 200, PAGE)
        case Lie.ERROR_PAGE:
            _write(handler, 503, PAGE)
        case Lie.REDIRECT:
            _write(handler, 302, b"", Location="http://127.0.0.1:1/")
        case Lie.PACKED:
            _write(handler, 200, body, Content_Encoding="gzip")
        case Lie.DEEP:
            _write(handler, 200, b"[" * 100_000 + b"]" * 100_000)
        case Lie.HUGE | Lie.ENDLESS:
            _write_much(handler, says_so=lie is Lie.HUGE)
        case Lie.DRIP | Lie.SLOW_HEADERS:
            _drip(handler, body, of_headers=lie is Lie.SLOW_HEADERS)
        case Lie.CUT:
            _cut(handler, body)
        case Lie.LOST:
            handler.close_connection = True
        case _:
            _write(handler, status, body)


def _write(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _write_much(handler: BaseHTTPRequestHandler, *, says_so: bool) -> None:
    handler.close_connection = True
    handler.send_response(200)
    if says_so:
        handler.send_header("Content-Length", str(_HUGE))
    handler.end_headers()
    for _ in range(_HUGE // len(_PART)):
        handler.wfile.write(_PART)


def _drip(handler: BaseHTTPRequestHandler, body: bytes, *, of_headers: bool) -> None:
    handler.close_connection = True
    if not of_headers:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000 if of_headers else body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(DRIP_S)  # being slow is what this is for


def _cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 10))
    handler.end_headers()
    handler.wfile.write(body)
