"""The one place that moves money: raw SQL for a caller who holds a transaction, and no query per row.

It never decides whether a movement is right: `services` refuses beforehand, the engine guards its own
accounts, and here a constraint that fails aborts the caller's whole transaction. Statements are sent
without reading a result, so that a psycopg pipeline may carry them.

Locks are taken in one order by everybody: pending transfers by id, then accounts by id, all at once. A
second call in the same transaction would lock a second set out of that order, so a batch is one call.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from access.together import Question
from ledger.columns import integers, texts
from ledger.rules import TRANSITIONS, PendingEvent, PendingStatus

# One column of an `unnest`, as a list or as PostgreSQL writes an array.
Column: TypeAlias = list[Any] | str


class Statements(Protocol):
    """A cursor, or a pipeline: what takes statements whose rows nobody reads. Parameters are literals."""

    def execute(self, query: str, params: Sequence[str], /) -> object: ...


class Cursor(Protocol):
    """A cursor of psycopg or of Django."""

    def execute(self, query: str, params: Sequence[Column], /) -> object: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


class AccountKey(NamedTuple):
    owner_id: int | None
    asset: str
    purpose: str
    shard: int = 0


class BatchTransfer(NamedTuple):
    """Debit `debit_id`, credit `credit_id`. `key` is unique for ever among transfers."""

    debit_id: int
    credit_id: int
    amount_atoms: int
    code: str
    key: str
    reference: str = ""


class LockedAccount(NamedTuple):
    """An account as it stands under its lock."""

    id: int
    balance_atoms: int
    pending_debits_atoms: int

    @property
    def available_atoms(self) -> int:
        """What is not set aside for pending transfers."""
        return self.balance_atoms - self.pending_debits_atoms


class Settlement(NamedTuple):
    """The end of a pending transfer. One that has come to this end before is left as it is."""

    pending_id: int
    event: PendingEvent
    reason: str = ""


_FIND_ACCOUNTS = """
WITH wanted AS (
    SELECT * FROM unnest(%s::integer[], %s::text[], %s::text[], %s::smallint[])
        AS w(owner_id, asset_id, purpose, shard)
)
SELECT a.id, a.owner_id, a.asset_id, a.purpose, a.shard
  FROM wanted AS w JOIN ledger_account AS a USING (owner_id, asset_id, purpose, shard)
UNION ALL
SELECT a.id, a.owner_id, a.asset_id, a.purpose, a.shard
  FROM wanted AS w JOIN ledger_account AS a USING (asset_id, purpose, shard)
 WHERE w.owner_id IS NULL AND a.owner_id IS NULL"""

_LOCK_BY_KEY = f"""
SELECT owner_id, asset_id, purpose, shard, id, balance_atoms, pending_debits_atoms FROM ledger_account
 WHERE id = ANY(ARRAY(SELECT id FROM ({_FIND_ACCOUNTS}) AS found))
 ORDER BY id FOR NO KEY UPDATE"""  # noqa: S608 (words of this file only)

_OPEN_ACCOUNTS = """
INSERT INTO ledger_account (owner_id, asset_id, purpose, shard)
SELECT * FROM unnest(%s::integer[], %s::text[], %s::text[], %s::smallint[])
ON CONFLICT DO NOTHING"""

# Raises PENDING_MISSING if one of them does not exist.
_LOCK_PENDING = "SELECT ledger_lock_pending(%s::bigint[])"

# NO KEY, because rows that refer to an account (a new pending transfer) need not wait for its balance.
_LOCK_ACCOUNTS = """
SELECT count(*) FROM (
    SELECT id FROM ledger_account
     WHERE id = ANY(ARRAY(
        SELECT unnest(%s::bigint[])
         UNION SELECT debit_id FROM ledger_pendingtransfer WHERE id = ANY(%s::bigint[])
         UNION SELECT credit_id FROM ledger_pendingtransfer WHERE id = ANY(%s::bigint[])
     ))
     ORDER BY id FOR NO KEY UPDATE
) AS locked"""

_APPEND = """
INSERT INTO ledger_transfer (debit_id, credit_id, amount_atoms, code, key, reference)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])"""

_MOVE = """
UPDATE ledger_account AS a SET balance_atoms = a.balance_atoms + d.atoms
  FROM unnest(%s::bigint[], %s::bigint[]) AS d(id, atoms)
 WHERE a.id = d.id"""

# Settlements and transfers meet in one UPDATE: money that arrives and leaves in the same batch must not
# trip a constraint on the way. The trigger on pending transfers refuses one that has met its other end.
_SETTLE_AND_MOVE = """
WITH settled AS (
    UPDATE ledger_pendingtransfer AS p
       SET status = s.status, reason = s.reason, resolved_at = clock_timestamp()
      FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS s(id, status, reason)
     WHERE p.id = s.id AND p.status <> s.status
 RETURNING p.*
), appended AS (
    INSERT INTO ledger_transfer (debit_id, credit_id, amount_atoms, code, key, reference, pending_id)
    SELECT debit_id, credit_id, amount_atoms, code, 'pending:' || id, reference, id
      FROM settled WHERE status = 'POSTED' ORDER BY id
), change AS (
    SELECT id, sum(atoms)::bigint AS atoms, sum(released)::bigint AS released
      FROM (
        SELECT d.id, d.atoms, 0 AS released FROM unnest(%s::bigint[], %s::bigint[]) AS d(id, atoms)
         UNION ALL
        SELECT debit_id, CASE status WHEN 'POSTED' THEN -amount_atoms ELSE 0 END, amount_atoms FROM settled
         UNION ALL
        SELECT credit_id, amount_atoms, 0 FROM settled WHERE status = 'POSTED'
      ) AS part GROUP BY id
)
UPDATE ledger_account AS a
   SET balance_atoms = a.balance_atoms + c.atoms,
       pending_debits_atoms = a.pending_debits_atoms - c.released
  FROM change AS c
 WHERE a.id = c.id"""


def account_ids(cursor: Cursor, keys: Sequence[AccountKey]) -> dict[AccountKey, int]:
    """The ids of these accounts, opening what is missing. Keep them only once the transaction has committed.

    It reads results. Call it before anything is locked: opening one waits for whoever opens the same.
    """
    found = _find_accounts(cursor, keys)
    # Sorted, so that two who open several of the same accounts wait for each other in one direction.
    missing = sorted(set(keys) - found.keys(), key=lambda key: (key.owner_id or 0, *key[1:]))
    if missing:
        cursor.execute(_OPEN_ACCOUNTS, _columns(missing))
        found |= _find_accounts(cursor, missing)
    return found


def standing_question(keys: Sequence[AccountKey]) -> Question[bool]:
    """Whether all of these accounts exist."""
    return Question(_FIND_ACCOUNTS, _columns(keys), lambda rows: len(rows) == len(set(keys)))


def lock_accounts(cursor: Cursor, keys: Sequence[AccountKey]) -> dict[AccountKey, LockedAccount]:
    """For who decides by balances what one `post_batch` then moves between these accounts. It reads results.

    What does not exist is left out.
    """
    cursor.execute(_LOCK_BY_KEY, _columns(keys))
    return {AccountKey(*row[:4]): LockedAccount(*row[4:]) for row in cursor.fetchall()}


def post_batch(
    cursor: Statements, transfers: Sequence[BatchTransfer], settlements: Sequence[Settlement] = ()
) -> None:
    """Append `transfers`, end pending transfers as `settlements` says, move each balance by its net change.

    All or nothing: a key used before, an account that does not exist or holds another asset, a customer's
    balance below zero, a pending transfer that is missing or has met its other end: each is a psycopg error
    that spoils the caller's transaction. A `pending_id` may come only once.
    """
    changes = _net_changes(transfers)
    moved_ids, moved_atoms = integers(changes), integers(changes.values())
    pending_ids = integers(settlement.pending_id for settlement in settlements)
    if settlements:
        assert len({settlement.pending_id for settlement in settlements}) == len(settlements), "settled twice"
        cursor.execute(_LOCK_PENDING, [pending_ids])
    if transfers or settlements:
        cursor.execute(_LOCK_ACCOUNTS, [moved_ids, pending_ids, pending_ids])
    if transfers:
        _append(cursor, transfers)
    if settlements:
        ends = texts(TRANSITIONS[PendingStatus.PENDING, settlement.event] for settlement in settlements)
        reasons = texts(settlement.reason for settlement in settlements)
        cursor.execute(_SETTLE_AND_MOVE, [pending_ids, ends, reasons, moved_ids, moved_atoms])
    elif transfers:
        cursor.execute(_MOVE, [moved_ids, moved_atoms])


def post_locked(cursor: Statements, transfers: Sequence[BatchTransfer]) -> None:
    """`post_batch` between accounts that `lock_accounts` has locked in this transaction."""
    if not transfers:
        return
    changes = _net_changes(transfers)
    _append(cursor, transfers)
    cursor.execute(_MOVE, [integers(changes), integers(changes.values())])


def settle_pending(cursor: Statements, posted: Sequence[int], voided: Sequence[int]) -> None:
    """End pending transfers alone. Together with transfers, give `post_batch` both in one call."""
    settlements = [Settlement(pending_id, PendingEvent.POST) for pending_id in posted]
    settlements += [Settlement(pending_id, PendingEvent.VOID) for pending_id in voided]
    post_batch(cursor, (), settlements)


def _find_accounts(cursor: Cursor, keys: Sequence[AccountKey]) -> dict[AccountKey, int]:
    if not keys:
        return {}
    cursor.execute(_FIND_ACCOUNTS, _columns(keys))
    return {AccountKey(*row[1:]): row[0] for row in cursor.fetchall()}


def _append(cursor: Statements, transfers: Sequence[BatchTransfer]) -> None:
    debits, credits, amounts, codes, keys, references = zip(*transfers, strict=True)
    numbers = [integers(debits), integers(credits), integers(amounts)]
    cursor.execute(_APPEND, [*numbers, texts(codes), texts(keys), texts(references)])


def _net_changes(transfers: Sequence[BatchTransfer]) -> dict[int, int]:
    changes: defaultdict[int, int] = defaultdict(int)
    for debit_id, credit_id, amount_atoms, _code, _key, _reference in transfers:
        changes[debit_id] -= amount_atoms
        changes[credit_id] += amount_atoms
    return changes


# Arrays are written out by hand: psycopg's own adaptation of a list took half of the time of an insert, and
# picks int2, int4 or int8 by value, so that one statement would be prepared several times.
def _columns(rows: Sequence[AccountKey]) -> list[Column]:
    return [list(column) for column in zip(*rows, strict=True)]
