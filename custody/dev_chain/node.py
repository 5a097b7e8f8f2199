"""The node of the development chain: an engine, a store, a pool and a miner, in a folder that it owns alone.

Usable by any number of threads; one at a time does something. Knows nothing of HTTP.
"""

import fcntl
import functools
import itertools
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Concatenate, ParamSpec, Self, TypeVar

from custody.bitcoin.addresses import read_address
from custody.bitcoin.blocks import Block, parse_block
from custody.bitcoin.errors import BadAddress, BadBlock, WireFault
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import Network, OutPoint, Tx, TxOut
from custody.dev_chain.acceptance import Judged, read_transaction
from custody.dev_chain.assembling import assemble, median_time
from custody.dev_chain.coins import Coin, find_coin
from custody.dev_chain.errors import ChainError, Code, FolderInUse
from custody.dev_chain.following import Chain, parsed
from custody.dev_chain.miner import Balance, Miner
from custody.dev_chain.pool import Pool
from custody.dev_chain.store import Store, StoredBlock
from custody.dev_chain.waiting import Waiting

logger = logging.getLogger(__name__)

MATURE_BLOCKS = 120  # after so many the miner can spend twenty rewards, and still some if six blocks go
MINER_RATE = 2_000  # satoshis for 1,000 vbytes
MOST_AT_ONCE = 1_000  # blocks
_BLOCK_WEIGHT = 3_990_000
_WRONG = {
    WireFault.POW: "high-hash",
    WireFault.MERKLE: "bad-txnmrklroot",
    WireFault.WITNESS: "bad-witness-merkle-match",
    WireFault.VALUE: "bad-txns-vout-toolarge",
}

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _alone(call: Callable[Concatenate["DevNode", _P], _R]) -> Callable[Concatenate["DevNode", _P], _R]:
    @functools.wraps(call)
    def locked(node: "DevNode", /, *args: _P.args, **named: _P.kwargs) -> _R:
        with node.lock:
            return call(node, *args, **named)

    return locked


class DevNode:
    """`premine` blocks go to the miner where the chain is new. Refusals are ChainErrors, in Core's words."""

    def __init__(self, folder: Path, *, premine: int = MATURE_BLOCKS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.lock = threading.RLock()
        self._owned = _own(folder)
        self.store = Store(folder / "chain.sqlite")
        self._chain = Chain(folder, self.store)
        self._waiting = Waiting(self.store)
        self.miner = Miner(folder, self.store)
        self._tags = itertools.count(int.from_bytes(os.urandom(6), "big"))
        if not self.height:
            self.mine(premine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @_alone
    def close(self) -> None:
        self._chain.close()
        self.store.close()
        self._owned.close()

    # What there is

    @property
    @_alone
    def height(self) -> int:
        return self.store.height()

    @property
    @_alone
    def tip(self) -> str:
        return self.store.hash_at(self.store.height()) or ""

    @_alone
    def hash_at(self, height: int) -> str | None:
        return self.store.hash_at(height)

    @_alone
    def block(self, block_hash: str) -> StoredBlock | None:
        return self.store.block(block_hash)

    @_alone
    def median_time(self, stored: StoredBlock) -> int:
        return median_time(self.store, stored)

    @_alone
    def transaction(self, txid: str) -> bytes | None:
        """Of the pool or of the active chain."""
        if txid in self.pool:
            return self.pool.entries[txid].raw
        place = self.store.place_of(txid)
        stored = self.store.block(place[0]) if place else None
        return None if place is None or stored is None else serialize(parsed(stored).transactions[place[1]])

    @_alone
    def confirmations(self, txid: str) -> int:
        """Of a transaction of the active chain; 0 of any other."""
        place = self.store.place_of(txid)
        stored = self.store.block(place[0]) if place else None
        return 0 if stored is None else self.store.height() - stored.height + 1

    @_alone
    def coin(self, outpoint: OutPoint, *, with_pool: bool = True) -> Coin | None:
        """An unspent one; what the pool spends is spent, unless it is not asked."""
        if with_pool and outpoint in self.pool.spenders:
            return None
        waiting = self.pool.output(outpoint) if with_pool else None
        if waiting is not None:
            return Coin(outpoint, waiting.value_sats, waiting.script, None, False)
        return find_coin(self.store, outpoint)

    @_alone
    def setting(self, name: str) -> str:
        return self.store.setting(name)

    @_alone
    def set(self, name: str, value: str) -> None:
        with self.store.change():
            self.store.set(name, value)

    # Blocks

    @_alone
    def mine(self, count: int = 1, script: bytes | None = None) -> list[str]:
        """Blocks of what pays most, on the active chain."""
        if not 0 <= count <= MOST_AT_ONCE:
            raise ChainError(Code.PARAMETER, f"0 to {MOST_AT_ONCE} blocks at once")
        return [self._mine_pool(script) for _ in range(count)]

    def _mine_pool(self, script: bytes | None) -> str:
        chosen = self.pool.best_first(_BLOCK_WEIGHT)
        try:
            return self.mine_on(self.tip, [one.tx for one in chosen], script=script)
        except ChainError:
            # Only where the gate lets in what the engine does not: rather lose it than never mine again.
            logger.exception("a block of %d transactions was refused; they are dropped", len(chosen))
            self.drop_from_pool([one.txid for one in chosen])
            return self.mine_on(self.tip, [], script=script)

    @_alone
    def mine_on(self, parent: str, transactions: Sequence[Tx] = (), *, script: bytes | None = None) -> str:
        """A block of exactly these on any known block: several branches come about like this."""
        return self.submit_block(self.made_block(parent, transactions, script=script))

    @_alone
    def made_block(
        self, parent: str, transactions: Sequence[Tx] = (), *, script: bytes | None = None
    ) -> bytes:
        """The same, but kept to oneself."""
        below = self._known(parent)
        tag = next(self._tags).to_bytes(8, "big")
        return assemble(self.store, below, transactions, script or self.miner.script, tag)

    @_alone
    def submit_block(self, raw: bytes) -> str:
        """Take a block made anywhere. Gives its hash; a refusal is VERIFY with Core's reason."""
        block = self._read_block(raw)
        if self.store.block(block.hash) is not None:
            raise ChainError(Code.VERIFY, "duplicate")
        below = self.store.block(block.previous_hash)
        if below is None:
            raise ChainError(Code.VERIFY, "prev-blk-not-found")
        if self._chain.is_invalidated(block.previous_hash):
            raise ChainError(Code.VERIFY, "bad-prevblk")
        reason, moved = self._chain.submit(raw, block, below.height + 1)
        self._waiting.settle(moved)
        if reason:
            raise ChainError(Code.VERIFY, reason)
        return block.hash

    def _read_block(self, raw: bytes) -> Block:
        try:
            return parse_block(raw, Network.REGTEST)
        except BadBlock as error:
            if error.reason in _WRONG:
                raise ChainError(Code.VERIFY, _WRONG[error.reason]) from None
            raise ChainError(Code.DESERIALIZATION, "Block decode failed") from None

    @_alone
    def invalidate_block(self, block_hash: str) -> None:
        """Leave a block and all that stands on it, for the best other chain there is."""
        if not self._known(block_hash).height:
            raise ChainError(Code.PARAMETER, "The genesis block cannot be invalidated")
        self._waiting.settle(self._chain.invalidate(block_hash))

    @_alone
    def reconsider_block(self, block_hash: str) -> None:
        self._known(block_hash)
        self._waiting.settle(self._chain.reconsider(block_hash))

    def _known(self, block_hash: str) -> StoredBlock:
        stored = self.store.block(block_hash)
        if stored is None:
            raise ChainError(Code.NOT_FOUND, "Block not found")
        return stored

    # Transactions that wait

    @property
    def pool(self) -> Pool:
        return self._waiting.pool

    @_alone
    def judge(self, raw: bytes) -> Judged:
        """Whether it would be let in. Nothing changes."""
        return self._waiting.judge(raw)

    @_alone
    def accept(self, raw: bytes, most_rate: int = 0) -> str:
        """Let it wait for a block; again is as good as once. `most_rate`: per 1,000 vbytes, 0 for any."""
        return self._waiting.accept(raw, most_rate)

    @_alone
    def drop_from_pool(self, txids: Sequence[str]) -> list[str]:
        """Forget these and what descends from them, as a node does that is short of room."""
        return self._waiting.drop(txids)

    @_alone
    def drop_mempool(self) -> list[str]:
        return self.drop_from_pool(list(self.pool.entries))

    # The miner's money

    @_alone
    def new_address(self) -> str:
        return self.miner.new_address()

    @_alone
    def balance(self) -> Balance:
        return self.miner.balance(self.pool)

    @_alone
    def send(self, address: str, sats: int, *, rate: int = MINER_RATE) -> str:
        return self.pay([TxOut(sats, script_of(address))], rate=rate)

    @_alone
    def pay(self, outputs: Sequence[TxOut], *, rate: int = MINER_RATE) -> str:
        """In one transaction of the miner's, which may be replaced."""
        tx = self.miner.pay(self.pool, outputs, rate)
        return self.accept(serialize(tx))

    @_alone
    def replacement(self, txid: str, outputs: Sequence[TxOut], *, fee_sats: int) -> Tx:
        """Another transaction of the miner's with the same inputs; what is left over comes back to him."""
        raw = self.transaction(txid)
        if raw is None:
            raise ChainError(Code.NOT_FOUND, "No such transaction")
        spent = [self.made_coin(one.outpoint) for one in read_transaction(raw).inputs]
        left = sum(one.value_sats for one in spent) - sum(one.value_sats for one in outputs) - fee_sats
        return self.miner.signed(spent, [*outputs, TxOut(left, self.miner.script)])

    @_alone
    def made_coin(self, outpoint: OutPoint) -> Coin:
        """A coin as it was made, spent or not."""
        raw = self.transaction(outpoint.txid)
        if raw is None:
            raise ChainError(Code.NOT_FOUND, "No such transaction")
        output = read_transaction(raw).outputs[outpoint.vout]
        return Coin(outpoint, output.value_sats, output.script, None, False)


def script_of(address: str) -> bytes:
    try:
        return read_address(address, Network.REGTEST)
    except BadAddress:
        raise ChainError(Code.NOT_FOUND, "Invalid address") from None


def _own(folder: Path) -> IO[str]:
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise FolderInUse(f"{folder} belongs to a chain that is running already") from None
    return file
