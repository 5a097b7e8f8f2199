"""What the mempool has of ours: looked at once for each transaction, and forgotten when it leaves.

Sightings are shown and never counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from custody.bitcoin.errors import BadTransaction
from custody.bitcoin.transactions import parse_tx, txid
from custody.bitcoin.types import Tx
from custody.chains.source import MAX_ASKED, ChainSource
from custody.models import ChainPosition, Coin, SpentInput
from custody.services.position import telling
from custody.services.watching.facts import forget, sight
from custody.services.watching.matching import Concern, Matcher


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows that say of a transaction that the mempool has it, which it has not."""

    coins: list[int]
    spent: list[int]
    rivals: list[int]

    def __bool__(self) -> bool:
        return bool(self.coins or self.spent or self.rivals)


class Sightings:
    """Of one process: which transactions it has looked at. A new one looks at all of them again."""

    def __init__(self) -> None:
        self._looked_at: set[str] = set()

    def look_again(self, txids: Iterable[str]) -> None:
        self._looked_at.difference_update(txids)

    def look(self, source: ChainSource, position: ChainPosition) -> bool:
        """Whether there is more to look at. Raises ChainFailure, Overtaken."""
        present = source.mempool()
        self._looked_at &= present
        fresh = present - self._looked_at
        found = source.mempool_transactions(list(islice(fresh, MAX_ASKED))) if fresh else {}
        concern, gone = _concern(found), _gone(present)
        if concern or gone:
            with telling(position):
                # In this order: what replaces a spender is the spender from now on.
                forget(coins=gone.coins, spent=gone.spent, rivals=gone.rivals)
                sight(concern)
        self._looked_at |= found.keys()
        return bool(found) and len(fresh) > len(found)


def _concern(found: dict[str, bytes]) -> Concern:
    read = {name: tx for name, raw in found.items() if (tx := _read(name, raw)) is not None}
    return Matcher().concern_of(list(read), list(read.values()))


def _read(name: str, raw: bytes) -> Tx | None:
    try:
        tx = parse_tx(raw)
    except BadTransaction:
        return None
    return tx if txid(tx) == name else None


def _gone(present: frozenset[str]) -> Gone:
    sighted = Coin.objects.filter(in_mempool=True).values_list("pk", "txid")
    being_spent = Coin.objects.filter(~Q(spent_by=""), spent_height=None).values_list("pk", "spent_by")
    rivals = SpentInput.objects.filter(~Q(rival=""), rival_height=None).values_list("pk", "rival")
    return Gone(
        *([row for row, name in rows if name not in present] for rows in (sighted, being_spent, rivals))
    )
