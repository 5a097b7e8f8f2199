"""Keeps the store's chain that of the engine: feeds what it lacks, connects and disconnects, in one go."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from custody.bitcoin.blocks import Block, parse_block
from custody.bitcoin.types import Network, Tx
from custody.dev_chain import coins
from custody.dev_chain.kernel import Kernel, KernelFailed
from custody.dev_chain.store import Store, StoredBlock

_GENERATION = "generation"


@dataclass(slots=True)
class Moved:
    """What became of the active chain: transactions that lost their block, and those that found one."""

    disconnected: list[Tx] = field(default_factory=list)
    connected: list[Block] = field(default_factory=list)
    blocks_undone: int = 0


def parsed(stored: StoredBlock) -> Block:
    return parse_block(stored.raw, Network.REGTEST)


class Chain:
    """The engine's folder can be made again from the store, so it is thrown away rather than repaired.

    The engine cannot be told to leave a valid block: where one is invalidated, another engine is made that
    never hears of it, in a folder of the next generation.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self.store = store
        self.kernel = self._open_kernel()
        self.follow()

    def close(self) -> None:
        self.kernel.close()

    def submit(self, raw: bytes, block: Block, height: int) -> tuple[str, Moved]:
        """Take a block whose parent is known. Gives why it is refused, or nothing, and what moved."""
        stored = StoredBlock(block.hash, block.previous_hash, height, block.time, raw)
        with self.store.change():  # first of all: what the engine knows must be here after a kill, too
            self.store.add_block(stored)
        reason = self.kernel.process(raw, block.hash)
        if reason:
            with self.store.change():
                self.store.drop_block(block.hash)
        return reason, self.follow()

    def is_invalidated(self, block_hash: str) -> bool:
        """Whether it, or one that it descends from, was declared invalid."""
        marked = self.store.invalidated()
        while marked and (stored := self.store.block(block_hash)) is not None:
            if block_hash in marked:
                return True
            block_hash = stored.previous_hash
        return False

    def invalidate(self, block_hash: str) -> Moved:
        with self.store.change():
            self.store.invalidate(block_hash)
            self.store.set(_GENERATION, str(self._generation() + 1))
        self.kernel.close()
        self.kernel = self._open_kernel()
        return self.follow()

    def reconsider(self, block_hash: str) -> Moved:
        """Take back what was said of it, of its ancestors and of its descendants."""
        with self.store.change():
            self.store.reconsider([*self._line(block_hash), *self._descendants(block_hash)])
        self._feed()
        return self.follow()

    def _line(self, block_hash: str) -> list[str]:
        found = []
        while (stored := self.store.block(block_hash)) is not None:
            found.append(block_hash)
            block_hash = stored.previous_hash
        return found

    def _descendants(self, block_hash: str) -> list[str]:
        found = [block_hash]
        for one in found:  # grows as we go
            found += self.store.children(one)
        return found

    def follow(self) -> Moved:
        """Make the store's chain that of the engine."""
        moved = Moved()
        with self.store.change():
            fork = min(self.store.height(), self.kernel.height)
            while fork >= 0 and self.store.hash_at(fork) != self.kernel.hash_at(fork):
                fork -= 1
            for height in range(self.store.height(), fork, -1):
                self._disconnect(height, moved)
            for height in range(fork + 1, self.kernel.height + 1):
                self._connect(height, moved)
        return moved

    def _disconnect(self, height: int, moved: Moved) -> None:
        block = parsed(self._stored(self.store.hash_at(height) or ""))
        coins.disconnect(self.store, block)
        moved.disconnected[:0] = block.transactions[1:]
        moved.blocks_undone += 1

    def _connect(self, height: int, moved: Moved) -> None:
        block_hash = self.kernel.hash_at(height)
        if height == 0:
            self._add_genesis(block_hash)
        block = parsed(self._stored(block_hash))
        coins.connect(self.store, block, height)
        moved.connected.append(block)

    def _add_genesis(self, block_hash: str) -> None:
        raw = self.kernel.genesis()
        block = parse_block(raw, Network.REGTEST)
        self.store.add_block(StoredBlock(block_hash, block.previous_hash, 0, block.time, raw))

    def _stored(self, block_hash: str) -> StoredBlock:
        stored = self.store.block(block_hash)
        assert stored is not None, "the engine knows a block that was never given to it"
        return stored

    def _generation(self) -> int:
        return int(self.store.setting(_GENERATION) or 0)

    def _open_kernel(self) -> Kernel:
        mine = self._folder / f"kernel-{self._generation()}"
        for other in self._folder.glob("kernel-*"):
            if other != mine:
                shutil.rmtree(other)
        mine.mkdir(exist_ok=True)
        try:
            self.kernel = Kernel(mine)
        except KernelFailed:
            shutil.rmtree(mine)
            mine.mkdir()
            self.kernel = Kernel(mine)
        self._feed()
        return self.kernel

    def _feed(self) -> None:
        """Give the engine what it lacks, in the order in which it came, but for what was declared invalid."""
        left_out = self.store.invalidated()
        for block_hash in self.store.block_hashes():
            stored = self._stored(block_hash)
            if block_hash in left_out or stored.previous_hash in left_out:
                left_out.add(block_hash)
            elif stored.height and not self.kernel.knows(block_hash):
                self.kernel.process(stored.raw, block_hash)
