"""The chain's memory: one SQLite file with every block that came, in the order of coming, and what follows.

It decides nothing. What is written within one `with store.change():` is written wholly or not at all.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS blocks (
    arrival INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, previous TEXT NOT NULL, height INTEGER NOT NULL,
    time INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS blocks_previous ON blocks (previous);
CREATE TABLE IF NOT EXISTS invalidated (hash TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS active (height INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS coins (
    txid TEXT NOT NULL, vout INTEGER NOT NULL, value INTEGER NOT NULL, script BLOB NOT NULL,
    height INTEGER NOT NULL, coinbase INTEGER NOT NULL, PRIMARY KEY (txid, vout)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS coins_script ON coins (script);
CREATE TABLE IF NOT EXISTS spent (
    block TEXT NOT NULL, txid TEXT NOT NULL, vout INTEGER NOT NULL, value INTEGER NOT NULL,
    script BLOB NOT NULL, height INTEGER NOT NULL, coinbase INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS spent_block ON spent (block);
CREATE TABLE IF NOT EXISTS places (txid TEXT PRIMARY KEY, block TEXT NOT NULL, place INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pool (
    arrival INTEGER PRIMARY KEY, txid TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS addresses (script BLOB PRIMARY KEY, number INTEGER NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class StoredBlock:
    hash: str
    previous_hash: str
    height: int
    time: int
    raw: bytes


_BLOCK = "SELECT hash, previous, height, time, raw FROM blocks"


class Store:
    """Used by one thread at a time: its owner has the lock."""

    def __init__(self, path: Path) -> None:
        self.rows = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute("PRAGMA synchronous = NORMAL")
        self.rows.executescript(_SCHEMA)

    def close(self) -> None:
        self.rows.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        self.rows.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.rows.execute("ROLLBACK")
            raise
        self.rows.execute("COMMIT")

    # Blocks, on whatever branch

    def add_block(self, block: StoredBlock) -> None:
        values = (block.hash, block.previous_hash, block.height, block.time, block.raw)
        self.rows.execute(
            "INSERT OR IGNORE INTO blocks (hash, previous, height, time, raw) VALUES (?, ?, ?, ?, ?)", values
        )

    def drop_block(self, block_hash: str) -> None:
        self.rows.execute("DELETE FROM blocks WHERE hash = ?", (block_hash,))

    def block(self, block_hash: str) -> StoredBlock | None:
        row = self.rows.execute(f"{_BLOCK} WHERE hash = ?", (block_hash,)).fetchone()
        return None if row is None else StoredBlock(*row)

    def block_hashes(self) -> list[str]:
        """All, in the order of coming."""
        return [row[0] for row in self.rows.execute("SELECT hash FROM blocks ORDER BY arrival")]

    def children(self, block_hash: str) -> list[str]:
        found = self.rows.execute(
            "SELECT hash FROM blocks WHERE previous = ? ORDER BY arrival", (block_hash,)
        )
        return [row[0] for row in found]

    def invalidated(self) -> set[str]:
        return {row[0] for row in self.rows.execute("SELECT hash FROM invalidated")}

    def invalidate(self, block_hash: str) -> None:
        self.rows.execute("INSERT OR IGNORE INTO invalidated VALUES (?)", (block_hash,))

    def reconsider(self, block_hashes: Sequence[str]) -> None:
        self.rows.executemany("DELETE FROM invalidated WHERE hash = ?", [(one,) for one in block_hashes])

    # The active chain

    def height(self) -> int:
        """-1 before there is any block."""
        (height,) = self.rows.execute("SELECT max(height) FROM active").fetchone()
        return -1 if height is None else int(height)

    def hash_at(self, height: int) -> str | None:
        row = self.rows.execute("SELECT hash FROM active WHERE height = ?", (height,)).fetchone()
        return None if row is None else str(row[0])

    def is_active(self, block_hash: str) -> bool:
        return self.rows.execute("SELECT 1 FROM active WHERE hash = ?", (block_hash,)).fetchone() is not None

    def median_time(self, height: int) -> int:
        """Of the eleven blocks up to this one: a later block's time must be above it (BIP-113)."""
        rows = self.rows.execute(
            "SELECT time FROM active JOIN blocks USING (hash) WHERE active.height BETWEEN ? AND ?",
            (height - 10, height),
        ).fetchall()
        times = sorted(int(row[0]) for row in rows)
        return times[len(times) // 2]

    def place_of(self, txid: str) -> tuple[str, int] | None:
        """The block of the active chain in which a transaction is, and where in it."""
        row = self.rows.execute("SELECT block, place FROM places WHERE txid = ?", (txid,)).fetchone()
        return None if row is None else (str(row[0]), int(row[1]))

    # What waits for a block

    def add_pooled(self, txid: str, raw: bytes) -> int:
        now = int(time.time())
        self.rows.execute("INSERT OR IGNORE INTO pool (txid, time, raw) VALUES (?, ?, ?)", (txid, now, raw))
        return now

    def drop_pooled(self, txids: Sequence[str]) -> None:
        self.rows.executemany("DELETE FROM pool WHERE txid = ?", [(one,) for one in txids])

    def drop_all_pooled(self) -> None:
        self.rows.execute("DELETE FROM pool")

    def pooled(self) -> list[bytes]:
        return [row[0] for row in self.rows.execute("SELECT raw FROM pool ORDER BY arrival")]

    # Settings

    def setting(self, name: str) -> str:
        row = self.rows.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set(self, name: str, value: str) -> None:
        self.rows.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
