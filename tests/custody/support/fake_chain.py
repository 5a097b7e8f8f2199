"""A regtest chain in memory with real work and real merkle roots, whose scripts nobody validates.

It can do what a real node cannot be told to: reorganize as wanted, forget its mempool, take any double spend.
"""

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from custody.bitcoin.blocks import merkle_root, target_of
from custody.bitcoin.transactions import serialize, txid, vbytes
from custody.bitcoin.types import SEQUENCE_RBF, OutPoint, Tx, TxIn, TxOut
from custody.bitcoin.wire import double_sha256, hash_bytes, shown_hash, size_bytes

BITS = 0x207FFFFF
COIN = 100_000_000
SUBSIDY = 50 * COIN
GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e6776"
    "8f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f20020000000101000000010000000000000000000000000000"
    "000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f3230"
    "3039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73"
    "ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6"
    "bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
MINER = bytes.fromhex("0014") + b"\x4d" * 20
NO_WITNESS = (b"\x01",)  # nobody validates it; it is there so that a txid is not a wtxid


class Rejected(Exception):
    """By the mempool. `code` and text are Bitcoin Core's."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class FakeBlock:
    hash: str
    previous_hash: str
    height: int
    time: int
    raw: bytes
    transactions: tuple[Tx, ...]


class FakeChain:
    """Every 50 BTC of the miner can be spent at once. `active` has the hashes of the chain by height."""

    def __init__(self, blocks: int = 10) -> None:
        self.lock = threading.RLock()
        self.mempool: dict[str, Tx] = {}
        self.fee_rate_sats: int | None = 5_000  # per 1,000 vbytes
        self.min_fee_rate_sats = 1_000
        self._outputs: dict[OutPoint, TxOut] = {}
        self._spent: dict[OutPoint, str] = {}  # by transactions of the active chain
        self._confirmed: dict[str, tuple[Tx, str]] = {}  # with the block's hash
        self._tag = 0
        digest = shown_hash(double_sha256(GENESIS[:80]))
        genesis = FakeBlock(digest, "00" * 32, 0, 1_296_688_602, GENESIS, ())
        self.blocks = {digest: genesis}
        self.active = [digest]
        self.mine(blocks)

    @property
    def height(self) -> int:
        return len(self.active) - 1

    @property
    def tip(self) -> FakeBlock:
        return self.blocks[self.active[-1]]

    def mine(
        self, count: int = 1, *, script: bytes = MINER, transactions: Sequence[Tx] | None = None
    ) -> list[str]:
        """The first block takes `transactions`, or the whole mempool. Returns the hashes."""
        with self.lock:
            first = tuple(self.mempool.values()) if transactions is None else tuple(transactions)
            return [self._extend(first if number == 0 else (), script) for number in range(count)]

    def pay(self, script: bytes, *sats: int, fee_sats: int = 1_000) -> str:
        """The miner pays the script once for each amount; into the mempool. Returns the txid."""
        return self.send(self.payment([TxOut(one, script) for one in sats], fee_sats=fee_sats))

    def payment(self, outputs: Sequence[TxOut], *, fee_sats: int = 1_000) -> Tx:
        """A transaction of the miner's coins that nobody was told yet. The change is its last output."""
        with self.lock:
            wanted = sum(one.value_sats for one in outputs) + fee_sats
            spent: list[OutPoint] = []
            total = 0
            for outpoint, output in self._outputs.items():
                if total < wanted and output.script == MINER and self.is_unspent(outpoint):
                    spent.append(outpoint)
                    total += output.value_sats
            assert total >= wanted, "the miner has not so much: mine more blocks"
            change = [TxOut(total - wanted, MINER)] if total > wanted else []
            return spend(spent, [*outputs, *change])

    def send(self, tx: Tx) -> str:
        """Into the mempool by its usual rules: known inputs, a least fee, a higher one to replace others."""
        with self.lock:
            name = txid(tx)
            if name in self._confirmed:
                raise Rejected(-27, "Transaction outputs already in utxo set")
            if name in self.mempool:
                return name
            fee = self._fee(tx)
            rivals = self._rivals(tx)
            if fee * 1000 < vbytes(tx) * self.min_fee_rate_sats:
                raise Rejected(-26, f"min relay fee not met, {fee} < {vbytes(tx)}")
            for one in rivals:
                if all(spent.sequence > SEQUENCE_RBF for spent in self.mempool[one].inputs):
                    raise Rejected(-26, "txn-mempool-conflict")
            if rivals and fee < sum(self._fee(self.mempool[one]) for one in rivals) + vbytes(tx):
                raise Rejected(-26, f"insufficient fee, rejecting replacement {name}")
            if rivals:
                self.drop_mempool(*rivals)
            self.mempool[name] = tx
            return name

    def replace(self, name: str, outputs: Sequence[TxOut], *, fee_sats: int = 5_000) -> str:
        """RBF: the same inputs, other outputs; what they leave over is the miner's. Returns the new txid."""
        with self.lock:
            old = self.mempool[name]
            spent = [one.outpoint for one in old.inputs]
            left = sum(self._output(one).value_sats for one in spent) - fee_sats
            left -= sum(one.value_sats for one in outputs)
            change = [TxOut(left, MINER)] if left > 0 else []
            return self.send(spend(spent, [*outputs, *change]))

    def drop_mempool(self, *names: str) -> None:
        """Forget these and what spends them, or everything."""
        with self.lock:
            gone = set(names or self.mempool)
            for name, tx in tuple(self.mempool.items()):
                if name in gone or any(one.outpoint.txid in gone for one in tx.inputs):
                    gone.add(name)
                    del self.mempool[name]

    def reorg(self, depth: int, content: Sequence[Sequence[Tx]] = (), *, keep: bool = True) -> list[str]:
        """Other blocks take the place of the last `depth`: one more than them, or as many as `content` has.

        Block n of the new branch holds `content[n]`. With `keep` the transactions of the old branch are in
        the mempool again, as far as nothing of the new one spends their inputs.
        """
        with self.lock:
            assert 0 < depth <= self.height
            returned = [tx for _ in range(depth) for tx in reversed(self._disconnect())][::-1]
            if keep:
                self.mempool = {txid(one): one for one in returned} | self.mempool
            self._drop_impossible()
            count = max(depth + 1, len(content))
            filled = [*content, *[()] * (count - len(content))]
            return [self._extend(tuple(one), MINER) for one in filled]

    def _drop_impossible(self) -> None:
        for name, tx in tuple(self.mempool.items()):
            try:
                self._fee(tx)
            except Rejected:
                self.drop_mempool(name)

    def transaction(self, name: str) -> Tx | None:
        with self.lock:
            if name in self.mempool:
                return self.mempool[name]
            return self._confirmed[name][0] if name in self._confirmed else None

    def block_of(self, name: str) -> FakeBlock | None:
        """The block of the active chain that holds it."""
        with self.lock:
            return self.blocks[self._confirmed[name][1]] if name in self._confirmed else None

    def is_unspent(self, outpoint: OutPoint) -> bool:
        with self.lock:
            exists = outpoint in self._outputs or self._in_mempool(outpoint) is not None
            return exists and self.spender(outpoint) is None

    def spender(self, outpoint: OutPoint) -> str | None:
        with self.lock:
            if outpoint in self._spent:
                return self._spent[outpoint]
            return next((name for name, tx in self.mempool.items() if outpoint in _spent_by(tx)), None)

    def _in_mempool(self, outpoint: OutPoint) -> TxOut | None:
        tx = self.mempool.get(outpoint.txid)
        return tx.outputs[outpoint.vout] if tx and outpoint.vout < len(tx.outputs) else None

    def _output(self, outpoint: OutPoint) -> TxOut:
        found = self._outputs.get(outpoint) or self._in_mempool(outpoint)
        if found is None or outpoint in self._spent:
            raise Rejected(-25, "bad-txns-inputs-missingorspent")
        return found

    def _fee(self, tx: Tx) -> int:
        paid_in = sum(self._output(one.outpoint).value_sats for one in tx.inputs)
        fee = paid_in - sum(one.value_sats for one in tx.outputs)
        if fee < 0:
            raise Rejected(-26, "bad-txns-in-belowout")
        return fee

    def _rivals(self, tx: Tx) -> list[str]:
        wanted = _spent_by(tx)
        return [name for name, one in self.mempool.items() if wanted & _spent_by(one)]

    def _extend(self, transactions: tuple[Tx, ...], script: bytes) -> str:
        self._tag += 1
        tip = self.tip
        everything = (_coinbase(self.height + 1, self._tag, script, transactions), *transactions)
        raw = _worked(tip.hash, tip.time + 600, everything)
        digest = shown_hash(double_sha256(raw[:80]))
        block = FakeBlock(digest, tip.hash, self.height + 1, tip.time + 600, raw, everything)
        self.blocks[digest] = block
        self._connect(block)
        return digest

    def _connect(self, block: FakeBlock) -> None:
        self.active.append(block.hash)
        for tx in block.transactions:
            name = txid(tx)
            self._confirmed[name] = (tx, block.hash)
            self.mempool.pop(name, None)
            self._spent |= dict.fromkeys(_spent_by(tx), name)
            self._outputs |= {OutPoint(name, vout): one for vout, one in enumerate(tx.outputs)}
            rivals = self._rivals(tx)
            if rivals:
                self.drop_mempool(*rivals)

    def _disconnect(self) -> list[Tx]:
        block = self.blocks[self.active.pop()]
        for tx in reversed(block.transactions):
            name = txid(tx)
            del self._confirmed[name]
            for outpoint in _spent_by(tx):
                self._spent.pop(outpoint, None)
            for vout in range(len(tx.outputs)):
                del self._outputs[OutPoint(name, vout)]
        return list(block.transactions[1:])


def copy_of(chain: FakeChain) -> FakeChain:
    """Another node's view of the same blocks, which may go its own way from here."""
    made = FakeChain(0)
    for digest in chain.active[1:]:
        made.blocks[digest] = chain.blocks[digest]
        made._connect(chain.blocks[digest])
    made._tag = chain._tag
    return made


def spend(spent: Sequence[OutPoint], outputs: Sequence[TxOut], *, sequence: int = SEQUENCE_RBF) -> Tx:
    """A transaction of these coins, whosever they are."""
    return Tx(2, tuple(TxIn(one, sequence, b"", NO_WITNESS) for one in spent), tuple(outputs))


def _spent_by(tx: Tx) -> set[OutPoint]:
    return {one.outpoint for one in tx.inputs}


def _coinbase(height: int, tag: int, script: bytes, transactions: Sequence[Tx]) -> Tx:
    root = merkle_root([bytes(32), *(double_sha256(serialize(one)) for one in transactions)])
    commitment = bytes.fromhex("6a24aa21a9ed") + double_sha256(root + bytes(32))
    made = struct.pack("<II", height, tag)
    spent = TxIn(OutPoint("00" * 32, 0xFFFFFFFF), 0xFFFFFFFF, bytes([len(made)]) + made, (bytes(32),))
    return Tx(2, (spent,), (TxOut(SUBSIDY, script), TxOut(0, commitment)))


def _worked(previous: str, time: int, transactions: Sequence[Tx]) -> bytes:
    root = merkle_root([double_sha256(serialize(one, witness=False)) for one in transactions])
    bare = struct.pack("<i", 0x20000000) + hash_bytes(previous) + root + struct.pack("<II", time, BITS)
    nonce = 0
    while int.from_bytes(double_sha256(bare + struct.pack("<I", nonce)), "little") > target_of(BITS):
        nonce += 1
    header = bare + struct.pack("<I", nonce)
    return header + size_bytes(len(transactions)) + b"".join(map(serialize, transactions))
