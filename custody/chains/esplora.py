"""A chain source: the HTTP API of Esplora, as Blockstream serves it, or one's own."""

import time
from collections.abc import Collection
from typing import Any

from custody.bitcoin.blocks import HEADER_BYTES, MAX_BLOCK_BYTES, Block
from custody.bitcoin.transactions import parse_tx, txid
from custody.bitcoin.types import Network, OutPoint
from custody.chains.checking import (
    HASH,
    MAX_MEMPOOL,
    decoded,
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
from custody.chains.transport import MUCH, TIMEOUT_S, Answer, Transport
from custody.chains.verdicts import verdict_of

ONE_BY_ONE_S = 10.0  # for transactions of the mempool: whoever asks has blocks to look at, too
_SMALL = 64 * 1024
_MEMPOOL_ANSWER = 70 * MAX_MEMPOOL
_MAX_TARGETS = 100
_SATS_PER_VB = 1000  # estimates are for one vbyte, ours for 1,000


class Esplora:
    """`address` ends without a slash. See source.ChainSource."""

    def __init__(self, address: str, network: Network, timeout_s: float = TIMEOUT_S) -> None:
        self.name = f"esplora at {address}"
        self._network = network
        self._transport = Transport(address, timeout_s)

    def check(self) -> SourceState:
        network = network_of(read_hash(self._text("/block-height/0"), "first block"))
        if network is not self._network:
            raise ChainUnfit(Unfit.NETWORK, f"it is of {network}")
        block_hash = read_hash(self._text("/blocks/tip/hash"), "tip")
        facts = self._json(f"/block/{block_hash}")
        if not isinstance(facts, dict) or facts.get("id") != block_hash:
            raise malformed("no facts of the tip")
        height = read_count(facts.get("height"), "height")
        header = read_hex(self._text(f"/block/{block_hash}/header"), "header")
        time_s = read_header(header, block_hash, network)
        return SourceState(network, height, block_hash, time_s, headers=height, peers=None)

    def block_hash(self, height: int) -> str | None:
        found = self._found(f"/block-height/{height}")
        return None if found is None else read_hash(_ascii(found).strip(), "block hash")

    def block(self, block_hash: str) -> Block:
        path = f"/block/{block_hash}/raw"
        found = self._found(path, limit=MAX_BLOCK_BYTES, patience=MUCH)
        if found is None:
            raise ChainUnavailable("it has no such block")
        if len(found) < HEADER_BYTES:
            raise malformed("no block")
        return read_block(found, block_hash, self._network)

    def transaction(self, txid: str) -> bytes | None:
        found = self._found(f"/tx/{txid}/raw", limit=MAX_BLOCK_BYTES)
        return None if found is None else read_transaction(found, txid)

    def mempool(self) -> frozenset[str]:
        return read_txids(self._json("/mempool/txids", _MEMPOOL_ANSWER))

    def mempool_transactions(self, txids: Collection[str]) -> dict[str, bytes]:
        assert len(txids) <= MAX_ASKED
        until = time.monotonic() + ONE_BY_ONE_S
        found: dict[str, bytes] = {}
        for one in sorted(txids):
            if time.monotonic() > until or sum(map(len, found.values())) > MAX_GATHERED:
                break
            raw = self.transaction(one)
            if raw is not None:
                found[one] = raw
        return found

    def is_unspent(self, outpoint: OutPoint) -> bool:
        """Esplora calls an output unspent that does not exist."""
        raw = self.transaction(outpoint.txid)
        if raw is None or outpoint.vout >= len(parse_tx(raw).outputs):
            return False
        found = self._json(f"/tx/{outpoint.txid}/outspend/{outpoint.vout}")
        if not isinstance(found, dict) or not isinstance(found.get("spent"), bool):
            raise malformed("it does not say whether an output is spent")
        return not found["spent"]

    def fee_rate(self, blocks: int) -> int | None:
        body = self._found("/fee-estimates")
        found = {} if body is None else decoded(body)  # some serve all of Esplora but this
        if not isinstance(found, dict) or len(found) > _MAX_TARGETS:
            raise malformed("no estimates")
        by_target = {_target(name): value for name, value in found.items()}
        if not by_target:
            return None
        soon_enough = [one for one in by_target if one <= blocks]
        return read_fee_rate(by_target[max(soon_enough) if soon_enough else min(by_target)], _SATS_PER_VB)

    def tell(self, raw: bytes) -> Verdict:
        told = txid(parse_tx(raw))
        answer = self._transport.post("/tx", raw.hex().encode(), {"Content-Type": "text/plain"}, limit=_SMALL)
        text = _ascii(answer.body).strip()
        if answer.status == 200:
            if read_hash(text, "txid") != told:
                raise ChainUnfit(Unfit.WRONG_TRANSACTION, "it says that it took another one")
            return Verdict(VerdictKind.ACCEPTED)
        if answer.status == 400 and not _is_page(text):
            return verdict_of(None, text)
        raise ChainUnavailable(f"status {answer.status}")

    def close(self) -> None:
        self._transport.close()

    def _json(self, path: str, limit: int = _SMALL) -> Any:
        return decoded(self._needed(path, limit))

    def _text(self, path: str) -> str:
        return _ascii(self._needed(path)).strip()

    def _needed(self, path: str, limit: int = _SMALL) -> bytes:
        found = self._found(path, limit=limit)
        if found is None:
            raise ChainUnavailable("it does not have what it must have")
        return found

    def _found(self, path: str, *, limit: int = _SMALL, patience: int = 1) -> bytes | None:
        answer = self._transport.get(path, limit=limit, patience=patience)
        if answer.status == 200:
            return answer.body
        if _says_no_such_thing(answer):
            return None
        raise ChainUnavailable(f"status {answer.status}")


def _says_no_such_thing(answer: Answer) -> bool:
    """A page that is not found would be any web server's answer to a wrong address."""
    return answer.status == 404 and len(answer.body) <= HASH * 4 and not _is_page(_ascii(answer.body))


def _is_page(text: str) -> bool:
    return text.lstrip().startswith("<")


def _ascii(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except ValueError as error:
        raise malformed("an answer that is no text") from error


def _target(name: str) -> int:
    if not name.isascii() or not name.isdecimal() or len(name) > 5:
        raise malformed("an estimate for no number of blocks")
    return int(name)
