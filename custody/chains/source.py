"""The one shape of every place where blocks come from, what it answers and how it fails.

What a source says is checked here as far as one node alone can be checked; it never decides about money.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from custody.bitcoin.blocks import Block
from custody.bitcoin.types import Network, OutPoint
from custody.foreign_words import printable

MAX_ASKED = 500  # transactions of the mempool in one call
MAX_GATHERED = 32 * 1024 * 1024  # bytes of them: after that no more are asked for
MAX_DETAIL = 200
MIN_FEE_RATE, MAX_FEE_RATE = 1_000, 2_000_000  # satoshis per 1,000 vbytes


class Unfit(StrEnum):
    """Why a source must not be believed."""

    NETWORK = "NETWORK"  # another chain than the one that is served here
    SYNCING = "SYNCING"  # it has headers whose blocks it does not have
    DISAGREE = "DISAGREE"  # a second source sees another chain
    WRONG_BLOCK = "WRONG_BLOCK"  # not what was asked for, or no block at all
    WRONG_TRANSACTION = "WRONG_TRANSACTION"
    MALFORMED = "MALFORMED"  # an answer of no shape that it may have


class ChainFailure(Exception):
    """A source gave no answer that can be used. Nothing else is ever raised by one."""


class ChainUnavailable(ChainFailure):
    """No answer: nothing is known, not even whether what was told arrived. Asking again is right."""

    def __init__(self, detail: str) -> None:
        super().__init__(printable(detail, MAX_DETAIL))


class ChainUnfit(ChainFailure):
    """An answer that must not be believed. What was told may have arrived all the same."""

    def __init__(self, reason: Unfit, detail: str = "") -> None:
        super().__init__(printable(f"{reason}: {detail}", MAX_DETAIL) if detail else str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where a source stands. `height` and `block_hash` are of its tip, `tip_time` its seconds."""

    network: Network
    height: int
    block_hash: str
    tip_time: int
    headers: int  # how far it knows headers; the height where it does not say
    peers: int | None  # None: it does not say


class VerdictKind(StrEnum):
    """What became of a transaction that was told. All but the first three are a no of this moment."""

    ACCEPTED = "ACCEPTED"
    KNOWN = "KNOWN"  # it was in the mempool
    IN_CHAIN = "IN_CHAIN"
    MISSING_INPUTS = "MISSING_INPUTS"  # spent by something else, or not known there yet
    CONFLICT = "CONFLICT"  # the mempool has another one that spends its inputs
    FEE_TOO_LOW = "FEE_TOO_LOW"  # for the mempool, or for what it would replace
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`detail` is the source's own word, at most MAX_DETAIL characters."""

    kind: VerdictKind
    detail: str = ""


class ChainSource(Protocol):
    """Every call is bounded in time and size and raises ChainFailure only. Txids and hashes are hex.

    `name` says which one it is and never carries a password. One may be used by several threads.
    """

    name: str

    def check(self) -> SourceState:
        """Where it stands, once it is known to be of the right network and to have all its blocks."""
        ...

    def block_hash(self, height: int) -> str | None:
        """Of the active chain; None above its tip."""
        ...

    def block(self, block_hash: str) -> Block:
        """The block of that hash with its proof of work and merkle root. ChainUnavailable if it has none."""
        ...

    def transaction(self, txid: str) -> bytes | None:
        """With its witness. None: neither in the mempool nor, as far as this source can look, in a block."""
        ...

    def mempool(self) -> frozenset[str]: ...

    def mempool_transactions(self, txids: Collection[str]) -> dict[str, bytes]:
        """At most MAX_ASKED. Who is not in the answer has left, or is to be asked for again."""
        ...

    def is_unspent(self, outpoint: OutPoint) -> bool:
        """Exists, in a block or the mempool, and nothing in a block or the mempool spends it."""
        ...

    def fee_rate(self, blocks: int) -> int | None:
        """To be mined within so many: satoshis per 1,000 vbytes, MIN_ to MAX_FEE_RATE. None: not known."""
        ...

    def tell(self, raw: bytes) -> Verdict:
        """Hand a transaction to the network. May be repeated with the same bytes."""
        ...

    def close(self) -> None: ...
