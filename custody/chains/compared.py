"""A chain source that is believed only as long as a second one sees the same chain.

Blocks and transactions come from the first; the second is a witness, and another way to the network.
"""

from collections.abc import Collection

from custody.bitcoin.blocks import Block
from custody.bitcoin.types import OutPoint
from custody.chains.source import ChainFailure, ChainSource, ChainUnfit, SourceState, Unfit, Verdict

MAX_APART = 3  # blocks that one may have seen before the other; the same number may differ at the tip


class Compared:
    """Without an answer of both there is none: else whoever silences the second one would be believed."""

    def __init__(self, first: ChainSource, second: ChainSource) -> None:
        self.name = f"{first.name}, compared with {second.name}"
        self._first = first
        self._second = second

    def check(self) -> SourceState:
        state, other = self._first.check(), self._second.check()
        if state.network is not other.network:
            raise ChainUnfit(Unfit.DISAGREE, f"on the network: {state.network} and {other.network}")
        if abs(state.height - other.height) > MAX_APART:
            raise ChainUnfit(Unfit.DISAGREE, f"on the height: {state.height} and {other.height}")
        height = max(0, min(state.height, other.height) - MAX_APART)
        self._refuse_difference(height, self._first.block_hash(height))
        return state

    def block_hash(self, height: int) -> str | None:
        """Of the first. The second is asked too, where it is not too new for it to know."""
        found = self._first.block_hash(height)
        if found is not None and self._second.block_hash(height + MAX_APART) is not None:
            self._refuse_difference(height, found)
        return found

    def _refuse_difference(self, height: int, found: str | None) -> None:
        other = self._second.block_hash(height)
        if found != other:
            raise ChainUnfit(Unfit.DISAGREE, f"on block {height}: {found} and {other}")

    def block(self, block_hash: str) -> Block:
        return self._first.block(block_hash)

    def transaction(self, txid: str) -> bytes | None:
        return self._first.transaction(txid)

    def mempool(self) -> frozenset[str]:
        return self._first.mempool()

    def mempool_transactions(self, txids: Collection[str]) -> dict[str, bytes]:
        return self._first.mempool_transactions(txids)

    def is_unspent(self, outpoint: OutPoint) -> bool:
        return self._first.is_unspent(outpoint) and self._second.is_unspent(outpoint)

    def fee_rate(self, blocks: int) -> int | None:
        """The lower one: a lie downwards costs time, a lie upwards money."""
        both = self._first.fee_rate(blocks), self._second.fee_rate(blocks)
        return min((one for one in both if one is not None), default=None)

    def tell(self, raw: bytes) -> Verdict:
        """Both are told. The verdict is the first's, or the second's where the first gives none."""
        try:
            verdict = self._first.tell(raw)
        except ChainFailure:
            return self._second.tell(raw)
        try:
            self._second.tell(raw)
        except ChainFailure:
            return verdict
        return verdict

    def close(self) -> None:
        self._first.close()
        self._second.close()
