"""Deposits follow their coins: credited when deep enough, taken back when they leave the chain, each once.

A coin below the least deposit is kept as a coin and never becomes one; it does if the least is lowered and
its block is read again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from custody import meters
from custody.bitcoin.types import Network
from custody.faults import fault_point
from custody.models import ChainPosition, Coin, Deposit
from custody.rules.confirmations import confirmations, required, young_from
from custody.rules.deposits import CoinFacts, event_of, next_status
from custody.rules.statuses import DepositStatus
from custody.selectors_terms import terms_in_force
from custody.services.movements import Accounts, funding_account, house_accounts, post
from custody.services.position import lock_position, read_position
from custody.services.receivables import Credit, take_back
from ledger.batch import BatchTransfer

AT_ONCE = 100  # deposits of one owner in a transaction: a storm of them is few transactions

_OPEN = """
INSERT INTO custody_deposit (coin_id, owner_id, amount_sats, status, credits, created_at, changed_at)
SELECT c.id, w.owner_id, c.value_sats, CASE WHEN c.height IS NULL THEN 'SEEN' ELSE 'CONFIRMED' END, 0,
       now(), now()
  FROM custody_coin AS c JOIN custody_watchedscript AS w ON w.id = c.watched_id
 WHERE c.txid = ANY(%s) AND w.trail = 'DEPOSIT' AND c.value_sats >= %s ORDER BY c.id
ON CONFLICT (coin_id) DO NOTHING"""
_FACTS = """
SELECT d.id, d.owner_id, d.status, d.amount_sats, d.credits, c.id, c.txid, c.vout, c.height, c.is_coinbase,
       c.in_mempool,
       EXISTS (SELECT FROM custody_spentinput AS s WHERE s.txid = c.txid AND s.rival_height IS NOT NULL),
       EXISTS (SELECT FROM custody_spentinput AS s
                WHERE s.txid = c.txid AND s.rival <> '' AND s.rival_height IS NULL)
  FROM custody_deposit AS d JOIN custody_coin AS c ON c.id = d.coin_id
 WHERE d.id = ANY({ids}) ORDER BY d.id {lock}"""
_UNSETTLED = """ARRAY(
    SELECT id FROM custody_deposit WHERE status <> 'CREDITED'
     UNION ALL
    SELECT d.id FROM custody_coin AS c JOIN custody_deposit AS d ON d.coin_id = c.id
     WHERE c.height IS NULL AND d.status = 'CREDITED')"""
_YOUNG = """
SELECT d.owner_id, sum(d.amount_sats) FROM custody_coin AS c JOIN custody_deposit AS d ON d.coin_id = c.id
 WHERE c.height >= %s GROUP BY d.owner_id"""


@dataclass(frozen=True, slots=True)
class _Facts:
    """A deposit with what is known of its coin."""

    deposit_id: int
    owner_id: int
    status: DepositStatus
    amount_sats: int
    credits: int
    coin_id: int
    txid: str
    vout: int
    height: int | None
    is_coinbase: bool
    in_mempool: bool
    rival_mined: bool
    rival_sighted: bool


def open_deposits(txids: Sequence[str]) -> None:
    """One for each coin that these transactions pay to a customer, inside the transaction that tells them."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [list(txids), terms_in_force().min_deposit_sats])


def review_deposits() -> bool:
    """Bring every deposit to where the facts say that it is. False where one has to wait until a spend that
    took its coin is undone."""
    is_done = True
    for owner_id, ids in sorted(_due().items()):
        for start in range(0, len(ids), AT_ONCE):
            chunk = ids[start : start + AT_ONCE]
            _advance(owner_id, chunk)
            fault_point("credited")
            is_done = _undo(owner_id, chunk) and is_done
            fault_point("taken_back")
    return is_done


def _due() -> dict[int, list[int]]:
    """By owner, the deposits whose state is not what the facts say now."""
    position = read_position()
    young, due = _young(position.height), defaultdict(list)
    for one in _facts():
        if _following(one, position, young) is not one.status:
            due[one.owner_id].append(one.deposit_id)
    return due


@transaction.atomic
def _advance(owner_id: int, ids: Sequence[int]) -> None:
    """All that does not take a credit back, on facts that cannot change meanwhile."""
    accounts, funding = house_accounts(), funding_account(owner_id)
    position = lock_position()
    young = _young(position.height)
    moved = defaultdict(list)
    for one in _facts(ids):
        following = _following(one, position, young)
        if one.status not in (following, DepositStatus.CREDITED):
            moved[following].append(one)
    # From here on it succeeds.
    for status, rows in moved.items():
        _set_status(status, rows)
    if credited := moved[DepositStatus.CREDITED]:
        _count(DepositStatus.CREDITED, credited)
        post([_credit(one, accounts, funding) for one in credited])


def _set_status(status: DepositStatus, rows: Iterable[_Facts]) -> None:
    now, deposits = timezone.now(), Deposit.objects.filter(pk__in=[one.deposit_id for one in rows])
    if status is DepositStatus.CREDITED:
        deposits.update(status=status, credits=F("credits") + 1, credited_at=now, changed_at=now)
        Coin.objects.filter(pk__in=[one.coin_id for one in rows]).update(is_booked=True)
    else:
        deposits.update(status=status, changed_at=now)


def _credit(one: _Facts, accounts: Accounts, funding: int) -> BatchTransfer:
    key = f"deposit:{one.deposit_id}:credit:{one.credits + 1}"
    reference = f"{one.txid}:{one.vout}"
    return BatchTransfer(accounts.hot, funding, one.amount_sats, "DEPOSIT", key, reference)


@transaction.atomic
def _undo(owner_id: int, ids: Sequence[int]) -> bool:
    """Take the credits back of those that have left the chain."""
    accounts, funding = house_accounts(), funding_account(owner_id)
    position = lock_position()
    young = _young(position.height)
    credited = [one for one in _facts(ids) if one.status is DepositStatus.CREDITED]
    following = {one.deposit_id: _following(one, position, young) for one in credited}
    gone = [one for one in credited if following[one.deposit_id] is not one.status]
    booked = Coin.objects.filter(is_booked=True, pk__in=[one.coin_id for one in gone])
    booked_ids = set(booked.values_list("pk", flat=True))
    undone = [one for one in gone if one.coin_id in booked_ids]
    # From here on it succeeds.
    Coin.objects.filter(pk__in=booked_ids).update(is_booked=False)
    moved = defaultdict(list)
    for one in undone:
        moved[following[one.deposit_id]].append(one)
    for status, rows in moved.items():
        _set_status(status, rows)
        _count(status, rows)
    if undone:
        take_back(owner_id, [_credit_of(one) for one in undone], accounts, funding)
    return len(undone) == len(gone)


def _count(status: DepositStatus, rows: Sequence[_Facts]) -> None:
    meters.note_deposits(status, len(rows), sum(one.amount_sats for one in rows))


def _credit_of(one: _Facts) -> Credit:
    return Credit(one.deposit_id, one.credits, one.amount_sats, f"{one.txid}:{one.vout}")


def _following(one: _Facts, position: ChainPosition, young: dict[int, int]) -> DepositStatus:
    deep = confirmations(one.height, position.height)
    facts = CoinFacts(deep, one.in_mempool, one.rival_mined, one.rival_sighted)
    cumulative = max(young.get(one.owner_id, 0), one.amount_sats)
    needed = required(cumulative, Network(position.network), is_coinbase=one.is_coinbase)
    return next_status(one.status, event_of(facts, needed))


def _facts(ids: Sequence[int] | None = None) -> list[_Facts]:
    """Of these, under their locks; or of all that may have somewhere to go."""
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(_FACTS.format(ids=_UNSETTLED, lock=""))
        else:
            cursor.execute(_FACTS.format(ids="%s", lock="FOR UPDATE OF d, c"), [list(ids)])
        return [_Facts(*(*row[:2], DepositStatus(row[2]), *row[3:])) for row in cursor.fetchall()]


def _young(tip_height: int) -> dict[int, int]:
    """By owner: all that is in blocks with too few confirmations to be out of danger, credited or not."""
    with connection.cursor() as cursor:
        cursor.execute(_YOUNG, [young_from(tip_height)])
        return {owner_id: int(sats) for owner_id, sats in cursor.fetchall()}
