"""An Esplora of tests over a FakeChain, with the paths, texts and errors of Blockstream's."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import msgspec

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.transactions import parse_tx, serialize
from custody.bitcoin.types import OutPoint
from tests.custody.support.fake_bitcoind import TESTNET_GENESIS
from tests.custody.support.fake_chain import GENESIS, FakeBlock, FakeChain, Rejected
from tests.custody.support.lying import Lie, answer
from tests.custody.support.serving import serving

PREFIX = "/regtest/api"


class NotFound(Exception):
    pass


class FakeEsplora:
    """`lie` is told from now on; with `only` by the paths that hold it. `asked` are the paths that came."""

    def __init__(self, chain: FakeChain) -> None:
        self.chain = chain
        self.lie: Lie | None = None
        self.only = ""
        self.asked: list[str] = []
        self.url = ""
        self.says: dict[str, bytes] = {}  # what it says for certain, by a part of the path
        self._said: dict[str, bytes] = {}
        self._paths: tuple[tuple[str, Callable[..., bytes]], ...] = (
            (r"/block-height/(\d+)", self._block_hash),
            (r"/blocks/tip/hash", lambda: self.chain.tip.hash.encode()),
            (r"/blocks/tip/height", lambda: str(self.chain.height).encode()),
            (r"/block/(\w+)", self._facts),
            (r"/block/(\w+)/header", lambda name: self._block(name).raw[:80].hex().encode()),
            (r"/block/(\w+)/raw", lambda name: self._block(name).raw),
            (r"/tx/(\w+)/raw", self._transaction),
            (r"/tx/(\w+)/outspend/(\d+)", self._spender),
            (r"/mempool/txids", lambda: json.dumps(list(self.chain.mempool)).encode()),
            (r"/fee-estimates", self._estimates),
        )

    def told(self, path: str) -> Lie | None:
        return self.lie if self.only in path else None

    def get(self, path: str) -> bytes:
        self.asked.append(path)
        told = self.told(path)
        for part, said in self.says.items():
            if part in path and not path.endswith("/header"):
                return said
        with self.chain.lock:
            if told is Lie.STUCK:
                return self._said.setdefault(path, self._true(path))
            self._said.clear()
            return self._false(path, self._true(path), told)

    def tell(self, body: bytes) -> bytes:
        self.asked.append("/tx")
        try:
            name = self.chain.send(parse_tx(bytes.fromhex(body.decode())))
        except (BitcoinError, ValueError) as error:
            raise Rejected(-22, "TX decode failed") from error
        return self._false("POST /tx", name.encode(), self.told("/tx"))

    def _true(self, path: str) -> bytes:
        for shape, found in self._paths:
            match = re.fullmatch(shape, path)
            if match:
                return found(*match.groups())
        raise NotFound("endpoint does not exist")

    def _false(self, path: str, true: bytes, told: Lie | None) -> bytes:
        is_header, is_block = path.endswith("/header"), path.startswith("/block/") and path.endswith("/raw")
        match told:
            case Lie.NETWORK if path == "/block-height/0":
                return TESTNET_GENESIS.encode()
            case Lie.NO_WORK if is_header:
                return true[:150] + b"ff" + true[152:]
            case Lie.NO_WORK if is_block:
                return true[:75] + b"\xff" + true[76:]
            case Lie.WRONG_BLOCK if is_header:
                return GENESIS[:80].hex().encode()
            case Lie.WRONG_BLOCK if is_block:
                return GENESIS
            case Lie.CUT_BLOCK if is_block:
                return true[:-4]
            case Lie.WRONG_TRANSACTION if path.startswith("/tx/") and path.endswith("/raw"):
                return serialize(self.chain.tip.transactions[0])
            case Lie.WRONG_TRANSACTION if path == "POST /tx":
                return TESTNET_GENESIS.encode()
            case Lie.HEX:
                return b"zz" * 32
            case Lie.NULLS:
                return b"null"
            case Lie.NUMBERS | Lie.NAN:
                return b"NaN" if told is Lie.NAN else b"1e999999"
        return true

    def _block_hash(self, height: str) -> bytes:
        if int(height) > self.chain.height:
            raise NotFound("Block not found")
        return self.chain.active[int(height)].encode()

    def _block(self, name: str) -> FakeBlock:
        if name not in self.chain.blocks:
            raise NotFound("Block not found")
        return self.chain.blocks[name]

    def _facts(self, name: str) -> bytes:
        block = self._block(name)
        return json.dumps({"id": name, "height": block.height, "timestamp": block.time}).encode()

    def _transaction(self, name: str) -> bytes:
        found = self.chain.transaction(name)
        if found is None:
            raise NotFound("Transaction not found")
        return serialize(found)

    def _spender(self, name: str, vout: str) -> bytes:
        """Of an output that does not exist it says that nobody spent it."""
        found = self.chain.spender(OutPoint(name, int(vout)))
        return json.dumps({"spent": found is not None} | ({"txid": found} if found else {})).encode()

    def _estimates(self) -> bytes:
        rate = self.chain.fee_rate_sats
        if rate is None:
            return b"{}"
        text = msgspec.Raw(f"{rate // 1000}.{rate % 1000:03d}".encode())
        return msgspec.json.encode({"1": msgspec.Raw(b"87.882"), "2": text, "144": text, "1008": text})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    node: FakeEsplora

    def do_GET(self) -> None:
        self._answer(self.path, lambda path: self.node.get(path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(self.path, lambda _: self.node.tell(body))

    def _answer(self, path: str, ask: Callable[[str], bytes]) -> None:
        path = path.removeprefix(PREFIX)
        try:
            status, body = 200, ask(path)
        except NotFound as error:
            status, body = 404, str(error).encode()
        except Rejected as error:
            said = json.dumps({"code": error.code, "message": error.text})
            status, body = 400, f"sendrawtransaction RPC error: {said}".encode()
        answer(self, status, body, self.node.told(path))

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving_esplora(
    chain: FakeChain | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[FakeEsplora]:
    node = FakeEsplora(chain or FakeChain())
    scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
    handler = type("Handler", (_Handler,), {"node": node})
    with serving(handler, tls) as port:
        node.url = f"esplora+{scheme}://{host}:{port}{PREFIX}"
        yield node
