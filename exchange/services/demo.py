"""The demo: a market to trade in, two people with money on both sides of it, and two bots with more of it."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from exchange.models import WalletTransfer
from exchange.rules import TransferDirection
from exchange.services.markets import open_market
from exchange.services.transfers import begin_transfer
from ledger.services import issue_demo_funds, seed_assets

BTC = 10**8
USDB = 10**8
_FUNDS = (("BTC", 20 * BTC, 10 * BTC), ("USDB", 1_000_000 * USDB, 500_000 * USDB))
_FUNDS_OF_BOTS = (("BTC", 200 * BTC, 200 * BTC), ("USDB", 12_000_000 * USDB, 12_000_000 * USDB))
NAMES = ("alice", "bob")
BOTS = ("maker", "taker")  # see exchange.bots: without their processes they are users like any other


@dataclass(frozen=True, slots=True)
class DemoUser:
    user: User
    transfers: list[WalletTransfer]


def seed_demo() -> list[DemoUser]:
    """Repeatable: what exists stays as it is. Raises DemoOnly outside demo mode.

    Each user gets play money in the funding wallet, and half of it (of a bot all) is on its way to trading.
    """
    seed_assets()
    open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5, min_notional_atoms=USDB)
    return [
        *(_seed_user(name, _FUNDS) for name in NAMES),
        *(_seed_user(name, _FUNDS_OF_BOTS) for name in BOTS),
    ]


def _seed_user(name: str, funds: tuple[tuple[str, int, int], ...]) -> DemoUser:
    # The password comes with the user: one that came later would be a change, which holds withdrawals.
    defaults = {"email": f"{name}@example.org", "password": make_password(None)}
    user, _ = User.objects.get_or_create(username=name, defaults=defaults)
    transfers = []
    for asset, issued, to_trading in funds:
        issue_demo_funds(owner_id=user.pk, asset=asset, amount_atoms=issued, key=f"demo:{name}:{asset}")
        transfers.append(
            begin_transfer(
                user_id=user.pk,
                shard=0,
                direction=TransferDirection.TO_TRADING,
                asset=asset,
                amount_atoms=to_trading,
                key=f"demo-{asset}",
            )
        )
    return DemoUser(user, transfers)
