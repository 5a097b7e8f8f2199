"""Writes what the chain says: coins, what spends them, rivals. Inside `position.telling`; repeatable.

Nothing here moves money: `reviews` does what follows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Q, Subquery, Value, When
from django.db.models.expressions import Combinable

from custody.bitcoin.transactions import serialize
from custody.models import ChainBlock, ChainPosition, Coin, SpentInput
from custody.services.deposits import open_deposits
from custody.services.house_coins import open_house_coins
from custody.services.watching.matching import Concern, Rival, Told

KEPT_BLOCKS = 10_000

# `told_number` is what `position.telling` will count this to be: nobody else tells anything meanwhile.
_COINS = """
INSERT INTO custody_coin AS known (txid, vout, watched_id, value_sats, is_coinbase, height, block_hash,
                                   in_mempool, spent_by, is_booked, told_number, seen_at)
SELECT o.txid, o.vout, o.watched_id, o.value_sats, o.is_coinbase, %s::integer, %s, %s, '', false,
       CASE WHEN w.trail = 'VAULT' THEN (SELECT facts_number + 1 FROM custody_chainposition) ELSE 0 END, now()
  FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[])
       WITH ORDINALITY AS o(txid, vout, watched_id, value_sats, is_coinbase, place)
  JOIN custody_watchedscript AS w ON w.id = o.watched_id ORDER BY o.place
ON CONFLICT (txid, vout) DO UPDATE SET told_number = EXCLUDED.told_number, {update}"""
_MINED = "height = EXCLUDED.height, block_hash = EXCLUDED.block_hash, in_mempool = false"
_SIGHTED = "in_mempool = known.height IS NULL"
_SOURCES = """
INSERT INTO custody_coinsource (txid, raw) SELECT * FROM unnest(%s::text[], %s::bytea[])
ON CONFLICT (txid) DO NOTHING"""
_INPUTS = """
INSERT INTO custody_spentinput (txid, prev_txid, prev_vout, rival)
SELECT o.txid, o.prev_txid, o.prev_vout, '' FROM unnest(%s::text[], %s::text[], %s::bigint[])
       AS o(txid, prev_txid, prev_vout)
ON CONFLICT (txid, prev_txid, prev_vout) DO NOTHING"""
_SPENT = """
UPDATE custody_coin AS c SET spent_by = o.spender, spent_height = %s::integer,
       told_number = CASE WHEN c.told_number > 0
                          THEN (SELECT facts_number + 1 FROM custody_chainposition) ELSE 0 END
  FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS o(txid, vout, spender)
 WHERE c.txid = o.txid AND c.vout = o.vout AND (%s::boolean OR c.spent_height IS NULL)"""
_RIVALS = """
UPDATE custody_spentinput AS s SET rival = o.spender, rival_height = %s::integer
  FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS o(txid, vout, spender)
 WHERE s.prev_txid = o.txid AND s.prev_vout = o.vout AND s.txid <> o.spender
   AND (%s::boolean OR s.rival_height IS NULL)"""


@dataclass(frozen=True, slots=True)
class Linked:
    """A block of the active chain, and what of it concerns us."""

    height: int
    block_hash: str
    time: int
    concern: Concern


def connect(blocks: Sequence[Linked]) -> None:
    """In the order of their heights."""
    for block in blocks:
        _tell(block.concern, block.height, block.block_hash)
    ChainBlock.objects.bulk_create(
        [
            ChainBlock(
                height=block.height,
                block_hash=block.block_hash,
                time=datetime.fromtimestamp(block.time, UTC),
            )
            for block in blocks
        ],
        ignore_conflicts=True,
    )
    if blocks:
        ChainBlock.objects.filter(height__lt=blocks[-1].height - KEPT_BLOCKS).delete()


def sight(concern: Concern) -> None:
    """What the mempool has. It says nothing of what is in a block."""
    _tell(concern, None, "")


def undo(fork_height: int) -> set[str]:
    """Everything above is in no block any more. The transactions that this concerns: the mempool may have
    them again."""
    coins = Coin.objects.filter(height__gt=fork_height)
    spent = Coin.objects.filter(spent_height__gt=fork_height)
    rivals = SpentInput.objects.filter(rival_height__gt=fork_height)
    touched = set(coins.values_list("txid", flat=True))
    touched |= set(spent.values_list("spent_by", flat=True)) | set(rivals.values_list("rival", flat=True))
    coins.update(height=None, block_hash="", in_mempool=False, told_number=_next_number())
    spent.update(spent_height=None, told_number=_next_number())
    rivals.update(rival_height=None)
    ChainBlock.objects.filter(height__gt=fork_height).delete()
    return touched


def forget(*, coins: Iterable[int], spent: Iterable[int], rivals: Iterable[int]) -> None:
    """By row: what the mempool no longer has."""
    Coin.objects.filter(pk__in=coins).update(in_mempool=False, told_number=_next_number())
    Coin.objects.filter(pk__in=spent, spent_height=None).update(spent_by="", told_number=_next_number())
    SpentInput.objects.filter(pk__in=rivals, rival_height=None).update(rival="")


def _next_number() -> Combinable:
    """What `position.telling` will count this to be, of a vault's coin."""
    following = Subquery(ChainPosition.objects.values("facts_number")[:1]) + 1
    return Case(When(told_number__gt=0, then=following), default=Value(0))


def _tell(concern: Concern, height: int | None, block_hash: str) -> None:
    if not concern:
        return
    paying = [one for one in concern.told if one.paid]
    _tell_coins(paying, height, block_hash)
    _tell_inputs([one for one in paying if not one.is_coinbase])
    _execute(_SOURCES, [one.txid for one in concern.told], [serialize(one.tx) for one in concern.told])
    _tell_spent(concern.told, height)
    _tell_rivals(concern.rivals, height)
    txids = [one.txid for one in paying]
    if height is not None:
        # One of two rivals is in a block: the other is none.
        SpentInput.objects.filter(~Q(rival=""), txid__in=txids).update(rival="", rival_height=None)
    open_deposits(txids)
    open_house_coins(txids)


def _tell_coins(paying: Sequence[Told], height: int | None, block_hash: str) -> None:
    coins = [(one, paid) for one in paying for paid in one.paid]
    _execute(
        _COINS.format(update=_SIGHTED if height is None else _MINED),
        height,
        block_hash,
        height is None,
        [one.txid for one, _ in coins],
        [paid.vout for _, paid in coins],
        [paid.watched_id for _, paid in coins],
        [one.tx.outputs[paid.vout].value_sats for one, paid in coins],
        [one.is_coinbase for one, _ in coins],
    )


def _tell_inputs(paying: Sequence[Told]) -> None:
    inputs = [(one.txid, spent.outpoint) for one in paying for spent in one.tx.inputs]
    _execute(
        _INPUTS,
        [txid for txid, _ in inputs],
        [outpoint.txid for _, outpoint in inputs],
        [outpoint.vout for _, outpoint in inputs],
    )


def _tell_spent(told: Sequence[Told], height: int | None) -> None:
    spent = [(outpoint, one.txid) for one in told for outpoint in one.spent]
    _execute(
        _SPENT,
        height,
        [outpoint.txid for outpoint, _ in spent],
        [outpoint.vout for outpoint, _ in spent],
        [txid for _, txid in spent],
        height is not None,
    )


def _tell_rivals(rivals: Sequence[Rival], height: int | None) -> None:
    _execute(
        _RIVALS,
        height,
        [one.outpoint.txid for one in rivals],
        [one.outpoint.vout for one in rivals],
        [one.txid for one in rivals],
        height is not None,
    )


def _execute(query: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
