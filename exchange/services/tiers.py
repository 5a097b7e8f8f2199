"""The review of fee tiers: who has traded enough for one is put into it by a request to his engine."""

from uuid import UUID, uuid5

from django.db import connection

from exchange.models import AccountTier, FeeTierRule, Market, MarketStatus
from exchange.rules import TierRule, tier_of
from exchange.services.requests import request_account_tier

PERIOD_DAYS = 30
MAX_REQUESTS = 1_000  # of one run: the next one goes on
_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-746965727300")
_DAY_NS = 86_400 * 10**9

# Only of those who have enough for the lowest tier of an asset: the others are in none.
_VOLUMES = """
WITH lowest AS (
    SELECT quote_asset, min(volume_atoms) AS atoms FROM exchange_feetierrule GROUP BY quote_asset),
sides AS (
    SELECT t.market_id, a.account, sum(t.notional_atoms) AS atoms
      FROM exchange_trade AS t CROSS JOIN LATERAL (VALUES (t.maker_account), (t.taker_account)) AS a(account)
     WHERE t.timestamp_ns > %s
     GROUP BY t.market_id, a.account)
SELECT s.account, m.quote_asset, sum(s.atoms)
  FROM sides AS s JOIN exchange_market AS m ON m.id = s.market_id JOIN lowest AS l USING (quote_asset)
 GROUP BY s.account, m.quote_asset, l.atoms
HAVING sum(s.atoms) >= l.atoms"""


def review_fee_tiers(*, now_ns: int) -> int:
    """Ask for the tier that each account's volume of the last 30 days, over all markets, gives it.

    Pinned accounts stay where they are. Gives how many requests it made.
    """
    rules = [TierRule(*row) for row in FeeTierRule.objects.values_list("tier", "quote_asset", "volume_atoms")]
    if not rules:
        return 0  # tiers are the operators' own
    traded = _volumes(now_ns - PERIOD_DAYS * _DAY_NS)
    target = {account: tier_of(volumes, rules) for account, volumes in traded.items()}
    made = 0
    for shard, account, tier in _changes(target):
        if made == MAX_REQUESTS:
            break
        request_account_tier(
            shard=shard,
            account=account,
            tier=tier,
            reason=f"volume of the last {PERIOD_DAYS} days",
            requested_by=None,
            # Of two reviews in one hour only one asks.
            command_id=uuid5(_NAMESPACE, f"{shard}:{account}:{tier}:{now_ns // (3_600 * 10**9)}"),
        )
        made += 1
    return made


def volumes_of(*, account: int, now_ns: int) -> dict[str, int]:
    """What one account has traded in the last 30 days, in atoms by quote asset."""
    with connection.cursor() as cursor:
        cursor.execute(_VOLUME_OF, [account, now_ns - PERIOD_DAYS * _DAY_NS] * 2)
        return {asset: int(atoms) for asset, atoms in cursor.fetchall()}


_VOLUME_OF = """
SELECT m.quote_asset, sum(t.notional_atoms)
  FROM (SELECT market_id, notional_atoms FROM exchange_trade WHERE maker_account = %s AND timestamp_ns > %s
         UNION ALL
        SELECT market_id, notional_atoms FROM exchange_trade WHERE taker_account = %s AND timestamp_ns > %s
       ) AS t
  JOIN exchange_market AS m ON m.id = t.market_id
 GROUP BY m.quote_asset"""


def _volumes(since_ns: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_VOLUMES, [since_ns])
        for account, asset, atoms in cursor.fetchall():
            found.setdefault(account, {})[asset] = int(atoms)
    return found


def _changes(target: dict[int, int]) -> list[tuple[int, int, int]]:
    """(shard, account, tier) where it is another than now, in every shard that has a market."""
    created = Market.objects.exclude(status=MarketStatus.PENDING)
    shards = created.order_by("shard_id").values_list("shard_id", flat=True).distinct()
    rows = {(row.shard_id, row.account_id): row for row in AccountTier.objects.all()}
    accounts = sorted({*target, *(account for _, account in rows)})
    changes = []
    for shard in shards:
        for account in accounts:
            row, tier = rows.get((shard, account)), target.get(account, 0)
            if not (row and row.pinned) and tier != (row.tier if row else 0):
                changes.append((shard, account, tier))
    return changes
