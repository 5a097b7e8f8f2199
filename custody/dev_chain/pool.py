"""Transactions that wait for a block: who spends whom, who is in whose way, and who is mined first. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from custody.bitcoin.types import OutPoint, Tx, TxOut
from custody.dev_chain.policy import signals_replacement

_RATE_SCALE = 1_000_000_000


@dataclass(slots=True, eq=False)
class Entry:
    """`parents` and `children` are those that wait, too."""

    txid: str
    wtxid: str
    tx: Tx
    raw: bytes
    fee_sats: int
    vbytes: int
    weight: int
    time: int
    height: int  # of the chain when it came
    parents: set[str] = field(default_factory=set)
    children: set[str] = field(default_factory=set)


def rate_of(fee_sats: int, vbytes: int) -> int:
    """For comparing: in a billionth of a satoshi for one vbyte."""
    return fee_sats * _RATE_SCALE // vbytes


class Pool:
    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.spenders: dict[OutPoint, str] = {}

    def __contains__(self, txid: str) -> bool:
        return txid in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def vbytes(self) -> int:
        return sum(one.vbytes for one in self.entries.values())

    def output(self, outpoint: OutPoint) -> TxOut | None:
        """An output of what waits, spent or not."""
        entry = self.entries.get(outpoint.txid)
        if entry is None or not 0 <= outpoint.vout < len(entry.tx.outputs):
            return None
        return entry.tx.outputs[outpoint.vout]

    def add(self, entry: Entry) -> None:
        entry.parents = {one.outpoint.txid for one in entry.tx.inputs} & self.entries.keys()
        for parent in entry.parents:
            self.entries[parent].children.add(entry.txid)
        for one in entry.tx.inputs:
            self.spenders[one.outpoint] = entry.txid
        self.entries[entry.txid] = entry

    def remove(self, txid: str) -> None:
        """This one alone: its children stay, and what it made is then the chain's."""
        entry = self.entries.pop(txid)
        for one in entry.tx.inputs:
            del self.spenders[one.outpoint]
        for parent in entry.parents:
            self.entries[parent].children.discard(txid)
        for child in entry.children:
            self.entries[child].parents.discard(txid)

    def remove_with_descendants(self, txids: Iterable[str]) -> list[str]:
        gone = self.with_descendants(txids)
        for txid in gone:
            self.remove(txid)
        return sorted(gone)

    def conflicts(self, tx: Tx) -> set[str]:
        """Who spends what this one spends."""
        return {self.spenders[one.outpoint] for one in tx.inputs if one.outpoint in self.spenders}

    def ancestors(self, tx: Tx) -> set[str]:
        return self._reach({one.outpoint.txid for one in tx.inputs} & self.entries.keys(), up=True)

    def with_ancestors(self, txid: str) -> set[str]:
        return self._reach({txid}, up=True)

    def with_descendants(self, txids: Iterable[str]) -> set[str]:
        return self._reach({one for one in txids if one in self.entries}, up=False)

    def _reach(self, start: set[str], *, up: bool) -> set[str]:
        found = set(start)
        waiting = list(start)
        while waiting:
            entry = self.entries[waiting.pop()]
            new = (entry.parents if up else entry.children) - found
            found |= new
            waiting += new
        return found

    def is_replaceable(self, txid: str) -> bool:
        """BIP-125: it says so, or one that it descends from does."""
        return any(signals_replacement(self.entries[one].tx) for one in self.with_ancestors(txid))

    def best_first(self, most_weight: int) -> list[Entry]:
        """What a miner takes: by what one pays together with all it needs, parents before children."""
        return list(_Selection(self, most_weight).run())


class _Selection:
    """One go through the pool. A rate in the heap may be out of date; it is looked at when it is drawn."""

    def __init__(self, pool: Pool, most_weight: int) -> None:
        self._pool = pool
        self._room = most_weight
        self._taken: set[str] = set()
        self._heap: list[tuple[int, int, str]] = []
        self._needs = {txid: pool.with_ancestors(txid) for txid in pool.entries}
        self._order = {txid: number for number, txid in enumerate(pool.entries)}

    def run(self) -> Iterator[Entry]:
        for txid in self._pool.entries:
            self._push(txid)
        while self._heap:
            negative_rate, _, txid = heappop(self._heap)
            if txid in self._taken:
                continue
            package = self._needs[txid] - self._taken
            if -negative_rate != self._rate(package):
                self._push(txid)
                continue
            weight = sum(self._pool.entries[one].weight for one in package)
            if weight <= self._room:
                self._room -= weight
                yield from self._take(package)

    def _take(self, package: set[str]) -> Iterator[Entry]:
        # Who has fewer ancestors comes first, so parents stand before their children.
        ordered = sorted(package, key=lambda one: (len(self._needs[one]), self._order[one]))
        self._taken |= package
        for txid in self._pool.with_descendants(package) - self._taken:
            self._push(txid)
        return (self._pool.entries[one] for one in ordered)

    def _push(self, txid: str) -> None:
        heappush(self._heap, (-self._rate(self._needs[txid] - self._taken), self._order[txid], txid))

    def _rate(self, package: set[str]) -> int:
        entries = [self._pool.entries[one] for one in package]
        return rate_of(sum(one.fee_sats for one in entries), sum(one.vbytes for one in entries))
