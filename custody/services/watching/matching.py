"""Which transactions concern us: a whole block is compared in three queries, however much is watched.

Only reads. What is found is written by `facts`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from custody.bitcoin.transactions import is_coinbase
from custody.bitcoin.types import OutPoint, Tx

_WATCHED = "SELECT script, id FROM custody_watchedscript WHERE script = ANY(%s)"
_COINS = """
SELECT c.txid, c.vout FROM unnest(%s::text[], %s::bigint[]) AS o(txid, vout)
  JOIN custody_coin AS c ON c.txid = o.txid AND c.vout = o.vout"""
_CONTESTED = """
SELECT s.prev_txid, s.prev_vout, s.txid FROM unnest(%s::text[], %s::bigint[]) AS o(txid, vout)
  JOIN custody_spentinput AS s ON s.prev_txid = o.txid AND s.prev_vout = o.vout"""


@dataclass(frozen=True, slots=True)
class Paid:
    vout: int
    watched_id: int


@dataclass(frozen=True, slots=True)
class Told:
    """A transaction that pays us or spends coins of ours, or both."""

    txid: str
    tx: Tx
    paid: tuple[Paid, ...]
    spent: tuple[OutPoint, ...]

    @property
    def is_coinbase(self) -> bool:
        return is_coinbase(self.tx)


@dataclass(frozen=True, slots=True)
class Rival:
    """`txid` spends what a transaction with coins of ours spends, too."""

    outpoint: OutPoint
    txid: str


@dataclass(frozen=True, slots=True)
class Concern:
    told: tuple[Told, ...]
    rivals: tuple[Rival, ...]

    def __bool__(self) -> bool:
        return bool(self.told or self.rivals)


class Matcher:
    """For transactions in their order, block after block: it remembers coins that are not written yet."""

    def __init__(self) -> None:
        self._unwritten: set[OutPoint] = set()

    def concern_of(self, txids: Sequence[str], transactions: Sequence[Tx]) -> Concern:
        watched = _watched({output.script for tx in transactions for output in tx.outputs})
        paid = {txid: _paid(tx, watched) for txid, tx in zip(txids, transactions, strict=True)}
        self._unwritten |= {OutPoint(txid, one.vout) for txid, found in paid.items() for one in found}
        spenders = {
            spent.outpoint: txid
            for txid, tx in zip(txids, transactions, strict=True)
            if not is_coinbase(tx)
            for spent in tx.inputs
        }
        coins = _coins(spenders) | (spenders.keys() & self._unwritten)
        told = []
        for txid, tx in zip(txids, transactions, strict=True):
            spent = tuple(one.outpoint for one in tx.inputs if one.outpoint in coins)
            if paid[txid] or spent:
                told.append(Told(txid, tx, paid[txid], spent))
        return Concern(tuple(told), _rivals(spenders))


def _paid(tx: Tx, watched: dict[bytes, int]) -> tuple[Paid, ...]:
    if not watched:
        return ()
    found = ((vout, watched.get(output.script)) for vout, output in enumerate(tx.outputs))
    return tuple(Paid(vout, watched_id) for vout, watched_id in found if watched_id is not None)


def _watched(scripts: set[bytes]) -> dict[bytes, int]:
    with connection.cursor() as cursor:
        cursor.execute(_WATCHED, [list(scripts)])
        return {bytes(script): watched_id for script, watched_id in cursor.fetchall()}


def _coins(outpoints: Iterable[OutPoint]) -> set[OutPoint]:
    with connection.cursor() as cursor:
        cursor.execute(_COINS, _columns(outpoints))
        return {OutPoint(txid, vout) for txid, vout in cursor.fetchall()}


def _rivals(spenders: dict[OutPoint, str]) -> tuple[Rival, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_CONTESTED, _columns(spenders))
        rows = cursor.fetchall()
    found = {
        Rival(OutPoint(txid, vout), spenders[OutPoint(txid, vout)])
        for txid, vout, ours in rows
        if spenders[OutPoint(txid, vout)] != ours
    }
    return tuple(sorted(found, key=lambda one: (one.outpoint, one.txid)))


def _columns(outpoints: Iterable[OutPoint]) -> list[list[str] | list[int]]:
    listed = list(outpoints)
    return [[one.txid for one in listed], [one.vout for one in listed]]
