"""Unspent coins of the active chain, kept as blocks are connected and disconnected. It verifies nothing."""

from dataclasses import dataclass

from custody.bitcoin.blocks import Block
from custody.bitcoin.types import OutPoint, TxOut
from custody.dev_chain.store import Store

_OP_RETURN = 0x6A
_LONGEST_SCRIPT = 10_000
_COLUMNS = "txid, vout, value, script, height, coinbase"


@dataclass(frozen=True, slots=True)
class Coin:
    """`height` is None while its transaction waits for a block."""

    outpoint: OutPoint
    value_sats: int
    script: bytes
    height: int | None
    is_coinbase: bool

    @property
    def output(self) -> TxOut:
        return TxOut(self.value_sats, self.script)


def find_coin(store: Store, outpoint: OutPoint) -> Coin | None:
    query = f"SELECT {_COLUMNS} FROM coins WHERE txid = ? AND vout = ?"  # noqa: S608 (our own names)
    row = store.rows.execute(query, outpoint).fetchone()
    return None if row is None else _coin(row)


def coins_of(store: Store, script: bytes) -> list[Coin]:
    """The richest first."""
    query = f"SELECT {_COLUMNS} FROM coins WHERE script = ? ORDER BY value DESC, txid, vout"  # noqa: S608
    return [_coin(row) for row in store.rows.execute(query, (script,))]


def has_coins_of(store: Store, txid: str) -> bool:
    return store.rows.execute("SELECT 1 FROM coins WHERE txid = ?", (txid,)).fetchone() is not None


def connect(store: Store, block: Block, height: int) -> None:
    """Put a block on top of the active chain. The first one's coins cannot be spent."""
    rows = store.rows
    rows.execute("INSERT INTO active VALUES (?, ?)", (height, block.hash))
    for place, (txid, tx) in enumerate(zip(block.txids, block.transactions, strict=True)):
        rows.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (txid, block.hash, place))
        if place:
            for one in tx.inputs:
                _spend(store, block.hash, one.outpoint)
        made = [
            (txid, vout, output.value_sats, output.script, height, place == 0)
            for vout, output in enumerate(tx.outputs)
            if height and is_spendable(output.script)
        ]
        rows.executemany("INSERT INTO coins VALUES (?, ?, ?, ?, ?, ?)", made)


def _spend(store: Store, block_hash: str, outpoint: OutPoint) -> None:
    copied = store.rows.execute(
        f"INSERT INTO spent SELECT ?, {_COLUMNS} FROM coins WHERE txid = ? AND vout = ?",  # noqa: S608
        (block_hash, *outpoint),
    )
    assert copied.rowcount == 1, "the engine connected a block that spends what is not there"
    store.rows.execute("DELETE FROM coins WHERE txid = ? AND vout = ?", outpoint)


def disconnect(store: Store, block: Block) -> None:
    """Take the topmost block away again."""
    rows = store.rows
    # What the block spent comes back first: some of it was made by the block itself and goes again.
    rows.execute(f"INSERT INTO coins SELECT {_COLUMNS} FROM spent WHERE block = ?", (block.hash,))  # noqa: S608
    rows.execute("DELETE FROM spent WHERE block = ?", (block.hash,))
    for txid in block.txids:
        rows.execute("DELETE FROM coins WHERE txid = ?", (txid,))
        rows.execute("DELETE FROM places WHERE txid = ? AND block = ?", (txid, block.hash))
    rows.execute("DELETE FROM active WHERE hash = ?", (block.hash,))


def is_spendable(script: bytes) -> bool:
    return script[:1] != bytes([_OP_RETURN]) and len(script) <= _LONGEST_SCRIPT


def _coin(row: tuple[str, int, int, bytes, int, int]) -> Coin:
    txid, vout, value, script, height, coinbase = row
    return Coin(OutPoint(txid, vout), value, bytes(script), height, bool(coinbase))
