"""What an account pays, why, and what is missing to pay less. Says it only: tiers are set elsewhere."""

import time
from dataclasses import dataclass
from typing import Any

from exchange.models import AccountTier, FeeTier, FeeTierRule
from exchange.selectors import fresh_markets
from exchange.services.tiers import PERIOD_DAYS, volumes_of
from ledger.money import format_atoms
from ledger.selectors import assets

FRESH_S = 60.0  # adding up a busy account's month takes a while, and tiers are reviewed once an hour
MAX_REMEMBERED = 1_000

_volumes: dict[int, tuple[float, dict[str, int]]] = {}


def fee_tier_of(account: int) -> dict[str, Any]:
    """The tier counts from the next order on: an order keeps the rates that it was accepted with."""
    rows = {row.shard_id: row for row in AccountTier.objects.filter(account_id=account)}
    volumes = _volumes_of(account)
    known = assets()
    tier = max((row.tier for row in rows.values()), default=0)
    return {
        "tier": tier,
        "is_pinned": any(row.pinned for row in rows.values()),
        "volume_days": PERIOD_DAYS,
        "volumes": [
            {"asset": asset, "amount": format_atoms(atoms, known[asset].decimals)}
            for asset, atoms in sorted(volumes.items())
        ],
        "markets": _rates({shard: row.tier for shard, row in rows.items()}),
        "next_tier": _next_tier(tier, volumes),
    }


def _volumes_of(account: int) -> dict[str, int]:
    read_at, volumes = _volumes.get(account, (float("-inf"), {}))
    if time.monotonic() - read_at > FRESH_S:
        volumes = volumes_of(account=account, now_ns=time.time_ns())
        if len(_volumes) >= MAX_REMEMBERED:
            _volumes.clear()
        _volumes[account] = (time.monotonic(), volumes)
    return volumes


@dataclass(frozen=True, slots=True)
class Rates:
    """What an account pays in one market from its next order on. `tier`: the market's that counts."""

    tier: int
    maker_fee_ppm: int
    taker_fee_ppm: int


def rates_of(account: int) -> dict[str, Rates]:
    """Of each market, by symbol."""
    rows = AccountTier.objects.filter(account_id=account)
    return _rates_in({row.shard_id: row.tier for row in rows})


def _rates_in(tiers: dict[int, int]) -> dict[str, Rates]:
    """As the engine has them: who is in a tier that a market lacks pays as in the next lower one it has."""
    table: dict[int, dict[int, FeeTier]] = {}
    for row in FeeTier.objects.order_by("tier"):
        table.setdefault(row.market_id, {})[row.tier] = row
    found = {}
    for market in fresh_markets().values():
        known = [tier for tier in table.get(market.id, {}) if tier <= tiers.get(market.shard_id, 0)]
        rates = table[market.id][max(known)] if known else market
        found[market.symbol] = Rates(max(known, default=0), rates.maker_fee_ppm, rates.taker_fee_ppm)
    return found


def _rates(tiers: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "market": symbol,
            "tier": rates.tier,
            "maker_fee_ppm": rates.maker_fee_ppm,
            "taker_fee_ppm": rates.taker_fee_ppm,
        }
        for symbol, rates in _rates_in(tiers).items()
    ]


def _next_tier(tier: int, volumes: dict[str, int]) -> dict[str, Any] | None:
    rule = FeeTierRule.objects.filter(tier__gt=tier).order_by("tier").first()
    if rule is None:
        return None
    decimals = assets()[rule.quote_asset].decimals
    missing = max(rule.volume_atoms - volumes.get(rule.quote_asset, 0), 0)
    return {
        "tier": rule.tier,
        "asset": rule.quote_asset,
        "volume": format_atoms(rule.volume_atoms, decimals),
        "missing": format_atoms(missing, decimals),
    }
