"""Whatever bytes a server sends, and whoever asks at once, a source answers or says that it cannot."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from custody.bitcoin.types import Network
from custody.chains.registry import source_of
from custody.chains.source import ChainFailure, ChainUnavailable
from tests.custody.support.fake_bitcoind import serving_bitcoind

PATIENCE_S = 1.0
FLOOD = 2_000_000

BROKEN = [
    b"",
    b"\r\n\r\n",
    b"HTTP/1.1 200 OK",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"HTTP/1.1 99999 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * FLOOD,
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (FLOOD // 6),
    b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n{}",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\x00: \x01\r\n\r\n{}",
    b"SSH-2.0-OpenSSH_9.9\r\n",
    b"\x16\x03\x01\x00\x05hello",
]


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """A server that says this to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.recv(65_536)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("url", ["core+http://a:b@127.0.0.1:{}", "esplora+http://127.0.0.1:{}/api"])
@pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
def test_broken_http_is_a_failure_of_the_source(url: str, answer: bytes) -> None:
    with saying(answer) as port:
        source = source_of(url.format(port), Network.REGTEST, timeout_s=PATIENCE_S)
        for ask in (source.check, source.mempool, lambda: source.block("11" * 32)):
            with pytest.raises(ChainFailure):
                ask()
        source.close()


def test_a_server_that_never_answers_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"core+http://a:b@127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ChainUnavailable):
            source_of(url, Network.REGTEST, timeout_s=0.1).check()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid", "a..b", "x" * 300])
def test_a_server_that_is_nowhere_is_unavailable(host: str) -> None:
    with pytest.raises(ChainUnavailable):
        source_of(f"core+http://a:b@{host}", Network.REGTEST).check()


def test_many_threads_may_ask_one_source() -> None:
    with serving_bitcoind() as node:
        source = source_of(node.url, Network.REGTEST)
        heights = [number % (node.chain.height + 1) for number in range(200)]
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(source.block_hash, heights))
        assert found == [node.chain.active[height] for height in heights]
        source.close()
