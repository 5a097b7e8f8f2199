"""What waits for a block, kept in the store as well: who comes in and who goes, also when the chain turns."""

import logging
from collections.abc import Iterable, Sequence

from custody.bitcoin.transactions import serialize
from custody.dev_chain import policy
from custody.dev_chain.acceptance import Gate, Judged
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.following import Moved
from custody.dev_chain.pool import Pool
from custody.dev_chain.store import Store

logger = logging.getLogger(__name__)


class Waiting:
    """Begins with what waited when the store was last open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.pool = Pool()
        self._readmit(store.pooled())

    def judge(self, raw: bytes) -> Judged:
        return Gate(self._store, self.pool).judge(raw)

    def accept(self, raw: bytes, most_rate: int) -> str:
        known = next((one for one in self.pool.entries.values() if one.raw == raw), None)
        if known is not None:
            return known.txid
        judged = self.judge(raw)
        entry = judged.entry
        if most_rate and entry.fee_sats > policy.fee_at(most_rate, entry.vbytes):
            reason = "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)"
            raise ChainError(Code.VERIFY, reason)
        with self._store.change():
            self._let_in(judged)
        return entry.txid

    def drop(self, txids: Sequence[str]) -> list[str]:
        gone = self.pool.remove_with_descendants(txids)
        with self._store.change():
            self._store.drop_pooled(gone)
        return gone

    def settle(self, moved: Moved) -> None:
        """After a change of the active chain: only what can stand in its next block waits on."""
        if moved.blocks_undone:
            undone = [serialize(one) for one in moved.disconnected]
            self._readmit([*undone, *(one.raw for one in self.pool.entries.values())])
            return
        for block in moved.connected:
            mined = [one for one in block.txids if one in self.pool]
            for one in mined:
                self.pool.remove(one)
            rivals = [rival for tx in block.transactions[1:] for rival in self.pool.conflicts(tx)]
            with self._store.change():
                self._store.drop_pooled([*mined, *self.pool.remove_with_descendants(rivals)])

    def _readmit(self, waiting: Iterable[bytes]) -> None:
        """Judge all anew, in this order; what is mined, in conflict or unripe now is gone."""
        again = list(waiting)
        self.pool = Pool()
        gate = Gate(self._store, self.pool, pays=False)
        with self._store.change():
            self._store.drop_all_pooled()
            for raw in again:
                try:
                    self._let_in(gate.judge(raw))
                except ChainError as error:
                    logger.info("a transaction waits no longer: %s", error.reason)

    def _let_in(self, judged: Judged) -> None:
        self._store.drop_pooled(self.pool.remove_with_descendants(judged.replaced))
        judged.entry.time = self._store.add_pooled(judged.entry.txid, judged.entry.raw)
        self.pool.add(judged.entry)
