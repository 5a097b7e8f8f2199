"""A chain source: the JSON-RPC of Bitcoin Core, or of a node that speaks it."""

from collections.abc import Collection, Sequence
from typing import Any

from custody.bitcoin.blocks import MAX_BLOCK_BYTES, Block
from custody.bitcoin.transactions import parse_tx, txid
from custody.bitcoin.types import Network, OutPoint
from custody.chains.checking import (
    MAX_MEMPOOL,
    malformed,
    network_of,
    read_block,
    read_count,
    read_fee_rate,
    read_hash,
    read_header,
    read_hex,
    read_transaction,
    read_txids,
)
from custody.chains.json_rpc import MAX_BATCH, SMALL, JsonRpc, Login, RpcRefused
from custody.chains.source import (
    MAX_ASKED,
    MAX_GATHERED,
    ChainUnavailable,
    ChainUnfit,
    SourceState,
    Unfit,
    Verdict,
    VerdictKind,
)
from custody.chains.transport import MUCH, TIMEOUT_S, AnswerTooLarge
from custody.chains.verdicts import is_verdict, verdict_of

SATS_PER_BTC = 100_000_000
MAX_BEHIND = 6  # blocks that a node may lack of the headers it knows: a moment's work, or a branch it refused
MAX_TARGET = 1008  # blocks; estimates reach no further
_BLOCK_ANSWER = 2 * MAX_BLOCK_BYTES + 1024  # hex
_BATCH_ANSWER = 16 * 1024 * 1024
_MEMPOOL_ANSWER = 70 * MAX_MEMPOOL
_MAX_PEERS = 100_000

_MISC, _NOT_FOUND, _PARAMETER = -1, -5, -8


class CoreRpc:
    """`address` is http://host:port. See source.ChainSource."""

    def __init__(
        self, address: str, network: Network, login: Login, path: str = "/", timeout_s: float = TIMEOUT_S
    ) -> None:
        self.name = f"core at {address}"
        self._network = network
        self._rpc = JsonRpc(address, path, login, timeout_s)

    def check(self) -> SourceState:
        genesis, info, around = _granted(
            self._rpc.batch([("getblockhash", (0,)), ("getblockchaininfo", ()), ("getnetworkinfo", ())])
        )
        network = network_of(read_hash(genesis, "first block"))
        if network is not self._network:
            raise ChainUnfit(Unfit.NETWORK, f"it is of {network}")
        if not isinstance(info, dict) or not isinstance(around, dict):
            raise malformed("no facts of the node")
        height = read_count(info.get("blocks"), "height")
        headers = read_count(info.get("headers"), "height of headers")
        block_hash = read_hash(info.get("bestblockhash"), "tip")
        self._refuse_syncing(height, headers, info.get("initialblockdownload") is True)
        time_s = read_header(self._header(block_hash), block_hash, network)
        peers = read_count(around.get("connections"), "peers", _MAX_PEERS)
        return SourceState(network, height, block_hash, time_s, max(height, headers), peers)

    def _refuse_syncing(self, height: int, headers: int, says_so: bool) -> None:
        """A node alone on a network of its own says so whenever its tip is old."""
        if headers - height > MAX_BEHIND or (says_so and self._network is not Network.REGTEST):
            raise ChainUnfit(Unfit.SYNCING, f"{height} blocks of {headers}")

    def _header(self, block_hash: str) -> bytes:
        return read_hex(self._ask("getblockheader", block_hash, False), "header")

    def block_hash(self, height: int) -> str | None:
        try:
            return read_hash(self._rpc.call("getblockhash", height), "block hash")
        except RpcRefused as refused:
            if refused.code == _PARAMETER:
                return None
            raise _unknown(refused) from refused

    def block(self, block_hash: str) -> Block:
        try:
            found = self._rpc.call("getblock", block_hash, 0, limit=_BLOCK_ANSWER, patience=MUCH)
        except RpcRefused as refused:
            raise _unknown(refused) from refused
        return read_block(read_hex(found, "block"), block_hash, self._network)

    def transaction(self, txid: str) -> bytes | None:
        try:
            found = self._rpc.call("getrawtransaction", txid, False, limit=_BLOCK_ANSWER)
        except RpcRefused as refused:
            if refused.code == _NOT_FOUND:
                return None
            raise _unknown(refused) from refused
        return read_transaction(read_hex(found, "transaction"), txid)

    def mempool(self) -> frozenset[str]:
        return read_txids(self._ask("getrawmempool", limit=_MEMPOOL_ANSWER))

    def mempool_transactions(self, txids: Collection[str]) -> dict[str, bytes]:
        assert len(txids) <= MAX_ASKED
        asked = sorted(txids)
        found: dict[str, bytes] = {}
        for start in range(0, len(asked), MAX_BATCH):
            if sum(map(len, found.values())) > MAX_GATHERED:
                break
            found |= self._some(asked[start : start + MAX_BATCH])
        return found

    def _some(self, txids: Sequence[str]) -> dict[str, bytes]:
        """Whoever fills the mempool with huge ones must not make an answer too large to be read."""
        calls = [("getrawtransaction", (one, False)) for one in txids]
        try:
            answers = self._rpc.batch(calls, limit=_BATCH_ANSWER)
        except AnswerTooLarge:
            if len(txids) == 1:
                raise
            half = len(txids) // 2
            return self._some(txids[:half]) | self._some(txids[half:])
        there = zip(txids, answers, strict=True)
        return {
            one: read_transaction(read_hex(answer, "transaction"), one)
            for one, answer in there
            if not isinstance(answer, RpcRefused)
        }

    def is_unspent(self, outpoint: OutPoint) -> bool:
        found = self._ask("gettxout", outpoint.txid, outpoint.vout, True)
        if found is not None and not isinstance(found, dict):
            raise malformed("no output")
        return found is not None

    def fee_rate(self, blocks: int) -> int | None:
        target = max(1, min(MAX_TARGET, blocks))
        try:
            found = self._rpc.call("estimatesmartfee", target, "conservative")
        except RpcRefused:
            return None
        if not isinstance(found, dict):
            raise malformed("no estimate")
        return read_fee_rate(found["feerate"], SATS_PER_BTC) if "feerate" in found else None

    def tell(self, raw: bytes) -> Verdict:
        told = txid(parse_tx(raw))
        try:
            said = self._rpc.call("sendrawtransaction", raw.hex())
        except RpcRefused as refused:
            if is_verdict(refused.code):
                return verdict_of(refused.code, refused.message)
            raise _unknown(refused) from refused
        if read_hash(said, "txid") != told:
            raise ChainUnfit(Unfit.WRONG_TRANSACTION, "it says that it took another one")
        return Verdict(VerdictKind.ACCEPTED)

    def close(self) -> None:
        self._rpc.close()

    def _ask(self, method: str, *params: Any, limit: int = SMALL) -> Any:
        try:
            return self._rpc.call(method, *params, limit=limit)
        except RpcRefused as refused:
            raise _unknown(refused) from refused


def _granted(answers: Sequence[Any | RpcRefused]) -> Sequence[Any]:
    for one in answers:
        if isinstance(one, RpcRefused):
            raise _unknown(one)
    return answers


def _unknown(refused: RpcRefused) -> ChainUnavailable:
    """Warming up, out of memory, a block that was pruned: it may be otherwise the next time."""
    return ChainUnavailable(f"refused with {refused}")
