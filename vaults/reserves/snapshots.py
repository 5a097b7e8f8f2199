"""Takes snapshots of what is owed to customers, one in each hour, and forgets old ones' leaves."""

import logging
import secrets
import time
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import connection, transaction

from ledger.selectors_customers import Holdings, customer_holdings, has_customers
from vaults.models import ReserveLeaves, ReserveSnapshot
from vaults.models.reserves import HASH_BYTES
from vaults.reserves.leaves import Customer, Part, part_depth, parts_of
from vaults.reserves.tree import Facts, Sums, depth_of, levels_above, published_root
from vaults.rules.moments import milliseconds

logger = logging.getLogger(__name__)

HOURLY_KEPT, DAILY_KEPT = timedelta(days=30), timedelta(days=400)
_LOCK = 0x72657376  # "resv"
_BATCH = 200
_FORGOTTEN_AT_ONCE, _MOST_ROUNDS = 2_000, 50
_FORGET = """
DELETE FROM vaults_reserveleaves WHERE id IN (
    SELECT l.id FROM vaults_reserveleaves AS l JOIN vaults_reservesnapshot AS s ON s.id = l.snapshot_id
     WHERE s.taken_at < %(hourly)s AND (s.taken_at < %(daily)s OR EXISTS (
           SELECT FROM vaults_reservesnapshot AS first
            WHERE first.taken_at < s.taken_at AND first.taken_at >= date_trunc('day', s.taken_at, 'UTC')))
     LIMIT %(limit)s)"""


def take_if_due(now: datetime) -> ReserveSnapshot | None:
    """Where the hour has none yet, there are customers, and nobody is taking one."""
    if not _is_due(now) or not has_customers():
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (is_mine,) = cursor.fetchone() or (False,)
        return take_snapshot(now) if is_mine and _is_due(now) else None


def _is_due(now: datetime) -> bool:
    newest = ReserveSnapshot.objects.order_by("-pk").first()
    return newest is None or newest.taken_at < now.replace(minute=0, second=0, microsecond=0)


@transaction.atomic
def take_snapshot(now: datetime) -> ReserveSnapshot:
    """All that customers hold at one moment, whatever moves meanwhile. All of it is there, or nothing is."""
    began = time.monotonic()
    held = customer_holdings()
    assets = sorted(held.backing)
    secret = secrets.token_bytes(HASH_BYTES)
    customers = _by_customer(held, assets)
    parts = parts_of(customers, secret, len(assets))
    depth = depth_of(len(customers))
    top = levels_above([one.node for one in parts], part_depth(len(customers)), depth, len(assets))[-1][0]
    facts = Facts(milliseconds(now), held.position, len(customers), assets)
    snapshot = ReserveSnapshot.objects.create(
        taken_at=now,
        position=held.position,
        assets=assets,
        totals=_texts(top.sums),
        backing=_texts(tuple(held.backing[asset] for asset in assets)),
        customers=len(customers),
        depth=depth,
        root=published_root(facts, depth, top),
        secret=secret,
        took_ms=int((time.monotonic() - began) * 1000),
    )
    ReserveLeaves.objects.bulk_create([_row(snapshot, part) for part in parts], batch_size=_BATCH)
    logger.info("snapshot %s: root %s, %s customers", snapshot.pk, snapshot.root, len(customers))
    return snapshot


def _by_customer(held: Holdings, assets: list[str]) -> list[Customer]:
    places = {asset: place for place, asset in enumerate(assets)}
    amounts: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * len(assets))
    for one in held.customers:
        amounts[one.owner_id, one.username][places[one.asset]] = one.atoms
    return [(owner_id, username, tuple(each)) for (owner_id, username), each in amounts.items()]


def _texts(sums: Sums) -> list[str]:
    """Whole: a number of JSON is a float to some readers."""
    return [str(one) for one in sums]


def _row(snapshot: ReserveSnapshot, part: Part) -> ReserveLeaves:
    return ReserveLeaves(
        snapshot=snapshot,
        number=part.number,
        first_order=part.first_order,
        node_hash=part.node.hash,
        node_sums=_texts(part.node.sums),
        leaves=part.packed,
    )


def forget_leaves(now: datetime) -> int:
    """Of snapshots that are old, but of the first of each day later; gives how many parts. Roots stay."""
    limits: dict[str, datetime | int] = {
        "hourly": now - HOURLY_KEPT,
        "daily": now - DAILY_KEPT,
        "limit": _FORGOTTEN_AT_ONCE,
    }
    forgotten = 0
    for _ in range(_MOST_ROUNDS):
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, limits)
            forgotten += cursor.rowcount
            if cursor.rowcount < _FORGOTTEN_AT_ONCE:
                break
    return forgotten
