"""What moved through an account's wallets: every posting of the ledger, with the balance after it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.money import format_atoms
from ledger.selectors import Posting, assets, balances_after, postings_of

CHUNK = 1_000
COLUMNS = (
    "time_ms",
    "posting_id",
    "wallet",
    "shard",
    "asset",
    "amount",
    "balance",
    "code",
    "reference",
)
LAST_TIME_MS = 4_102_444_800_000  # the year 2100, as of every time that is asked for
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


class LedgerStatement:
    """One account's postings in [start, end), latest first. Reads a chunk at a time and keeps no cursor."""

    def __init__(self, owner_id: int, *, start_ms: int | None, end_ms: int | None) -> None:
        self._owner_id = owner_id
        self._start = _moment(start_ms if start_ms is not None else 0)
        self._end = _moment(end_ms if end_ms is not None else LAST_TIME_MS)
        self._decimals = {code: asset.decimals for code, asset in assets().items()}
        self._balances: dict[int, int] = {}  # of each account, after the posting that comes next

    def page(self, before: tuple[int, int] | None, limit: int) -> tuple[list[Row], tuple[int, int] | None]:
        """Rows and where to go on, None at the end."""
        found = postings_of(
            owner_id=self._owner_id, start=self._start, end=self._end, before=before, limit=limit + 1
        )
        shown = found[:limit]
        self._learn_balances(shown)
        last = shown[-1] if len(found) > limit else None
        rows = [self._row(posting) for posting in shown]
        return rows, (last.transfer_id, last.account_id) if last else None

    def chunks(self) -> Iterator[list[Row]]:
        """All of it."""
        before: tuple[int, int] | None = None
        while True:
            rows, before = self.page(before, CHUNK)
            yield rows
            if before is None:
                return

    def _learn_balances(self, shown: list[Posting]) -> None:
        latest: dict[int, int] = {}
        for posting in shown:
            if posting.account_id not in self._balances:
                latest.setdefault(posting.account_id, posting.transfer_id)
        if latest:
            self._balances |= balances_after(latest)

    def _row(self, posting: Posting) -> Row:
        decimals = self._decimals[posting.asset]
        balance = self._balances[posting.account_id]
        self._balances[posting.account_id] = balance - posting.amount_atoms
        return {
            "time_ms": (posting.created_at - _EPOCH) // timedelta(milliseconds=1),
            "posting_id": f"{posting.transfer_id}-{posting.account_id}",
            "wallet": posting.purpose,
            "shard": posting.shard,
            "asset": posting.asset,
            "amount": format_atoms(posting.amount_atoms, decimals),
            "balance": format_atoms(balance, decimals),
            "code": posting.code,
            "reference": posting.reference,
        }


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
