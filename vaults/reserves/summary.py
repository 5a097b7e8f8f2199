"""All of the reserves at a glance: what is owed, what stands behind it, and what was found of the identities.

Looks at whole tables, so it is asked through `cached`.
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from custody.selectors_reserves import largest_coins, wallet_totals
from health.selectors import invariant_views
from ledger.money import format_atoms
from ledger.rules import Purpose
from ledger.selectors import assets
from ledger.selectors_customers import sums_by_purpose
from oracle.rules import DisplayPrice
from oracle.selectors import price_for_display
from vaults.models import ReserveSnapshot
from vaults.rendering import Shown, render_price
from vaults.reserves.cached import Cached
from vaults.reserves.rendering import render_identity, render_reserve_coin, render_snapshot
from vaults.reserves.sides import Side, shown_atoms, side_of
from vaults.rules.moments import milliseconds
from vaults.rules.ratios import ratio_ppm
from vaults.rules.statuses import VaultStatus
from vaults.rules.texts import bitcoin, dollars, ratio_text
from vaults.selectors_totals import vault_totals

FRESH_SECONDS = 10
COLD_COINS = 200
HOT, COLD = "hot", "cold"
_PURPOSES = {HOT: Purpose.HOT_WALLET, COLD: Purpose.COLD_STORAGE}

Books = Mapping[tuple[str, Purpose], int]


def look() -> Shown:
    now = timezone.now()
    books, price = sums_by_purpose(), price_for_display(now_ms=milliseconds(now))
    return {
        "time_ms": milliseconds(now),
        "demo": settings.DEMO,
        "development_chain": settings.DEV_CHAIN,
        "price": render_price(price),
        "assets": [_asset(code, asset.decimals, books) for code, asset in assets().items()],
        "wallets": _wallets(books),
        "vaults": _vaults(price),
        "identities": [render_identity(one) for one in invariant_views()],
        "snapshot": _latest(),
    }


summary: Cached[Shown] = Cached(FRESH_SECONDS, look)


def now_ms() -> int:
    return milliseconds(timezone.now())


def decimals_of_assets() -> dict[str, int]:
    return {code: asset.decimals for code, asset in assets().items()}


def _asset(code: str, decimals: int, books: Books) -> Shown:
    lines = [(purpose, atoms) for (asset, purpose), atoms in books.items() if asset == code]
    of_side = {
        side: sum(shown_atoms(purpose, atoms) for purpose, atoms in lines if side_of(purpose) is side)
        for side in Side
    }
    return {
        "asset": code,
        "owed": format_atoms(of_side[Side.OWED], decimals),
        "backing": format_atoms(of_side[Side.BACKING], decimals),
        "house": format_atoms(of_side[Side.HOUSE], decimals),
        "lines": [
            {
                "purpose": purpose,
                "side": side_of(purpose),
                "amount": format_atoms(shown_atoms(purpose, atoms), decimals),
            }
            for purpose, atoms in sorted(lines)
        ],
    }


def _wallets(books: Books) -> list[Shown]:
    """The hot wallet's coins lie on customers' addresses, which are nobody's business: their sum alone."""
    totals = wallet_totals([HOT, COLD])
    cold = largest_coins([COLD], most=COLD_COINS)[COLD]
    return [
        {
            "wallet": wallet,
            "coins_count": totals[wallet].coins,
            "coins_amount": bitcoin(totals[wallet].sats),
            "booked": bitcoin(totals[wallet].booked_sats),
            "ledger": bitcoin(shown_atoms(purpose, books.get(("BTC", purpose), 0))),
            "coins": [render_reserve_coin(coin) for coin in (cold if wallet == COLD else [])],
        }
        for wallet, purpose in _PURPOSES.items()
    ]


def _vaults(price: DisplayPrice) -> Shown:
    totals = vault_totals()
    ratio = None
    if price.price_e8 is not None:
        ratio = ratio_ppm(totals.collateral_sats, totals.debt_atoms, price.price_e8)
    return {
        "by_status": [{"status": status, "count": totals.by_status[status]} for status in VaultStatus],
        "collateral": bitcoin(totals.collateral_sats),
        "debt": dollars(totals.debt_atoms),
        "ratio": ratio_text(ratio),
    }


def _latest() -> Shown | None:
    newest = ReserveSnapshot.objects.order_by("-pk").first()
    return None if newest is None else render_snapshot(newest, decimals_of_assets())
