"""A node of tests: Bitcoin Core's JSON-RPC over a FakeChain, and every lie that is asked of it."""

import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import msgspec

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.transactions import parse_tx, serialize
from custody.bitcoin.types import OutPoint, Tx
from tests.custody.support.fake_chain import COIN, GENESIS, FakeBlock, FakeChain, Rejected
from tests.custody.support.lying import Lie, answer
from tests.custody.support.serving import serving

TESTNET_GENESIS = "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"
USER, PASSWORD = "alice", "a:b@c/d"
_AUTHORIZATION = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class FakeBitcoind:
    """`lie` is told from now on; with `only` by that one call. `asked` are the calls that came."""

    def __init__(self, chain: FakeChain) -> None:
        self.chain = chain
        self.lie: Lie | None = None
        self.only = ""
        self.peers = 8
        self.asked: list[str] = []
        self.exchanges = 0  # requests over HTTP; a batch is one
        self.url = ""
        self._said: dict[str, Any] = {}  # before it got stuck
        self._calls: dict[str, Callable[..., Any]] = {
            "getblockchaininfo": self._info,
            "getnetworkinfo": lambda: {"connections": self.peers},
            "getblockcount": lambda: self.chain.height,
            "getbestblockhash": lambda: self.chain.tip.hash,
            "getblockhash": self._block_hash,
            "getblockheader": lambda name, verbose=True: self._block(name).raw[:80].hex(),
            "getblock": lambda name, verbosity=1: self._block(name).raw.hex(),
            "getrawmempool": lambda: list(self.chain.mempool),
            "getrawtransaction": lambda name, verbose=False: serialize(self._transaction(name)).hex(),
            "gettxout": self._unspent,
            "estimatesmartfee": self._estimate,
            "sendrawtransaction": self._send,
        }

    def http_lie(self, calls: list[str]) -> Lie | None:
        return self.lie if not self.only or self.only in calls else None

    def call(self, method: str, params: list[Any]) -> Any:
        self.asked.append(method)
        if method not in self._calls:
            raise Rejected(-32601, "Method not found")
        told = self.lie if self.only in ("", method) else None
        with self.chain.lock:
            if told is Lie.STUCK:
                key = json.dumps([method, params])
                if key not in self._said:
                    self._said[key] = self._calls[method](*params)
                return self._said[key]
            self._said.clear()
            return self._false(method, self._calls[method](*params), told)

    def _false(self, method: str, true: Any, told: Lie | None) -> Any:
        match told, method:
            case Lie.NETWORK, "getblockhash":
                return TESTNET_GENESIS
            case Lie.SYNCING, "getblockchaininfo":
                return true | {"headers": self.chain.height + 800_000}
            case Lie.NO_WORK, "getblockheader" | "getblock":
                return true[:150] + "ff" + true[152:]
            case Lie.WRONG_BLOCK, "getblockheader" | "getblock":
                return GENESIS[: len(true) // 2].hex()
            case Lie.CUT_BLOCK, "getblock":
                return true[:-8]
            case Lie.WRONG_TRANSACTION, "getrawtransaction":
                return serialize(self.chain.tip.transactions[0]).hex()
            case Lie.WRONG_TRANSACTION, "sendrawtransaction":
                return TESTNET_GENESIS
            case Lie.HEX, _:
                return "zz" * 32
            case Lie.NULLS, _:
                return None
            case Lie.NUMBERS | Lie.NAN, _:
                return msgspec.Raw(b"NaN" if told is Lie.NAN else b"1e999999")
        return true

    def _info(self) -> dict[str, Any]:
        height = self.chain.height
        known = {"chain": "regtest", "blocks": height, "headers": height, "initialblockdownload": True}
        return known | {"bestblockhash": self.chain.tip.hash}

    def _block_hash(self, height: int) -> str:
        if not 0 <= height <= self.chain.height:
            raise Rejected(-8, "Block height out of range")
        return self.chain.active[height]

    def _block(self, name: str) -> FakeBlock:
        if name not in self.chain.blocks:
            raise Rejected(-5, "Block not found")
        return self.chain.blocks[name]

    def _transaction(self, name: str) -> Tx:
        found = self.chain.transaction(name)
        if found is None:
            raise Rejected(-5, "No such mempool or blockchain transaction")
        return found

    def _unspent(self, name: str, vout: int, include_mempool: bool = True) -> dict[str, Any] | None:
        tx = self.chain.transaction(name)
        if tx is None or not self.chain.is_unspent(OutPoint(name, vout)):
            return None
        return {"bestblock": self.chain.tip.hash, "value": _btc(tx.outputs[vout].value_sats)}

    def _estimate(self, blocks: int, mode: str = "conservative") -> dict[str, Any]:
        rate = self.chain.fee_rate_sats
        if rate is None:
            return {"errors": ["Insufficient data or no feerate found"], "blocks": blocks}
        return {"feerate": _btc(rate), "blocks": blocks}

    def _send(self, raw: str, maximum: object = None) -> str:
        try:
            return self.chain.send(parse_tx(bytes.fromhex(raw)))
        except (BitcoinError, ValueError) as error:
            raise Rejected(-22, "TX decode failed") from error


def _btc(sats: int) -> msgspec.Raw:
    """Eight decimals, as Bitcoin Core prints them."""
    return msgspec.Raw(f"{sats // COIN}.{sats % COIN:08d}".encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    node: FakeBitcoind

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != _AUTHORIZATION:
            answer(self, 401, b"", None)
            return
        if isinstance(body, list):
            status, said = 200, msgspec.json.encode([self._outcome(one) for one in body])
        else:
            outcome = self._outcome(body)
            status, said = (500 if outcome["error"] else 200), msgspec.json.encode(outcome)
        self.node.exchanges += 1
        calls = [one["method"] for one in (body if isinstance(body, list) else [body])]
        answer(self, status, said, self.node.http_lie(calls))

    def _outcome(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            result = self.node.call(request["method"], request["params"])
        except Rejected as rejected:
            error = {"code": rejected.code, "message": rejected.text}
            return {"result": None, "error": error, "id": request["id"]}
        return {"result": result, "error": None, "id": request["id"]}

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving_bitcoind(
    chain: FakeChain | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[FakeBitcoind]:
    node = FakeBitcoind(chain or FakeChain())
    scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
    handler = type("Handler", (_Handler,), {"node": node})
    with serving(handler, tls) as port:
        node.url = f"core+{scheme}://{USER}:a%3Ab%40c%2Fd@{host}:{port}"
        yield node
