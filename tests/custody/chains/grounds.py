"""Chains to try a source on: each can be mined, reorganized and spent on, and has a source that sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from custody.bitcoin.addresses import address_of
from custody.bitcoin.keys import key_hash
from custody.bitcoin.signatures import public_key_of, sign_digest
from custody.bitcoin.transactions import serialize, sighash_all
from custody.bitcoin.types import SEQUENCE_RBF, Network, OutPoint, Tx, TxIn, TxOut
from custody.chains.compared import Compared
from custody.chains.json_rpc import JsonRpc, Login
from custody.chains.registry import source_of
from custody.chains.source import ChainSource
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.fake_chain import MINER, FakeChain, spend
from tests.custody.support.fake_esplora import serving_esplora

MATURE = 100
Coin = tuple[OutPoint, int]  # what to spend, and how many satoshis it is


class Ground(Protocol):
    """`validates` says whether it looks at signatures, `replaces` whether a higher fee replaces."""

    source: ChainSource
    validates: bool
    replaces: bool

    def mine(self, count: int = 1) -> None: ...

    def reorganize(self, depth: int) -> None:
        """The last blocks give way to as many and one more."""
        ...

    def coin(self) -> Coin:
        """A fresh one, which can be spent now."""
        ...

    def spend(self, coin: Coin, fee_sats: int = 1_000, *, sequence: int = SEQUENCE_RBF) -> bytes:
        """A transaction of one output that nobody was told."""
        ...


class FakeGround:
    validates = False
    replaces = True

    def __init__(self, chain: FakeChain, source: ChainSource) -> None:
        self.source = source
        self._chain = chain

    def mine(self, count: int = 1) -> None:
        self._chain.mine(count)

    def reorganize(self, depth: int) -> None:
        self._chain.reorg(depth)

    def coin(self) -> Coin:
        paid = self._chain.pay(MINER, 100_000)
        self._chain.mine()
        return OutPoint(paid, 0), 100_000

    def spend(self, coin: Coin, fee_sats: int = 1_000, *, sequence: int = SEQUENCE_RBF) -> bytes:
        return serialize(spend([coin[0]], [TxOut(coin[1] - fee_sats, MINER)], sequence=sequence))


class NodeGround:
    """A real node over JSON-RPC, whose blocks pay a key of ours."""

    validates = True
    replaces = True

    def __init__(self, source: ChainSource, rpc: JsonRpc, blocks: int) -> None:
        self.source = source
        self._rpc = rpc
        self._secret = b"\x07" * 32
        self._key = public_key_of(self._secret)
        self._script = b"\0\x14" + key_hash(self._key)
        address = address_of(self._script, Network.REGTEST)
        assert address is not None
        self._address = address
        self._used = 0
        self.mine(blocks)

    def mine(self, count: int = 1) -> None:
        self._rpc.call("generatetoaddress", count, self._address)

    def reorganize(self, depth: int) -> None:
        gone = self.source.block_hash(self.source.check().height - depth + 1)
        self._rpc.call("invalidateblock", gone)
        self.mine(depth + 1)

    def coin(self) -> Coin:
        self.mine()
        while True:
            self._used += 1
            assert self._used + MATURE <= self.source.check().height, "no block of ours is old enough"
            block = self.source.block(self.source.block_hash(self._used) or "")
            reward = block.transactions[0].outputs[0]
            if reward.script == self._script:
                return OutPoint(block.txids[0], 0), reward.value_sats

    def spend(self, coin: Coin, fee_sats: int = 1_000, *, sequence: int = SEQUENCE_RBF) -> bytes:
        outpoint, value = coin
        outputs = (TxOut(value - fee_sats, self._script),)
        bare = Tx(2, (TxIn(outpoint, sequence),), outputs)
        code = b"\x76\xa9\x14" + key_hash(self._key) + b"\x88\xac"
        signature = sign_digest(self._secret, sighash_all(bare, 0, code, value))
        return serialize(Tx(2, (TxIn(outpoint, sequence, b"", (signature, self._key)),), outputs))


class BcoinGround(NodeGround):
    """It has never replaced anything, and forgets its mempool where a block is invalidated."""

    replaces = False

    def reorganize(self, depth: int) -> None:
        self._rpc.call("reorganize", depth, self._address)


@contextmanager
def fake_core() -> Iterator[Ground]:
    with serving_bitcoind() as node:
        yield FakeGround(node.chain, source_of(node.url, Network.REGTEST))


@contextmanager
def fake_esplora() -> Iterator[Ground]:
    with serving_esplora() as node:
        yield FakeGround(node.chain, source_of(node.url, Network.REGTEST))


@contextmanager
def compared() -> Iterator[Ground]:
    with serving_bitcoind() as first, serving_esplora(first.chain) as second:
        both = (source_of(one.url, Network.REGTEST) for one in (first, second))
        yield FakeGround(first.chain, Compared(*both))


def spoken_with(shape: type[NodeGround], url: str, login: Login, blocks: int) -> Ground:
    """A node at http://host:port."""
    source = source_of(f"core+{url}".replace("://", f"://{login.user}:{login.password}@"), Network.REGTEST)
    return shape(source, JsonRpc(url, "/", login, timeout_s=30.0), blocks)
