"""The stage of a replay: a fresh market in assets of its own, one buyer and one seller with play money.

Each run is numbered and leaves its market as it ended, so that one can look at it; none meets another.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models.functions import Now

from exchange.engine.types import Side
from exchange.models import Market, MarketStatus, Shard, WalletTransfer
from exchange.replay.recording import PRICE_DECIMALS, QUANTITY_DECIMALS, QUOTE_DECIMALS
from exchange.rules import TransferDirection, TransferStatus
from exchange.services.markets import open_market
from exchange.services.transfers import begin_transfer
from ledger.selectors import assets
from ledger.services import issue_demo_funds, open_asset

PREFIX = "REPLAY"
MAX_RUNS = 999  # an asset's code has at most ten characters
PLAY_MONEY_ATOMS = 2**62
MAX_OPEN_ORDERS = 10_000_000
_PATIENCE_S = 30.0
_PAUSE_S = 0.02


class StageError(Exception):
    """The engine did not open the market or take the money, or there is no number left for a run."""


@dataclass(frozen=True, slots=True)
class Stage:
    market: Market
    buyer: int
    seller: int

    def account(self, side: Side) -> int:
        return self.buyer if side == Side.BUY else self.seller


def set_stage(*, shard: int) -> Stage:
    """Rows only: the engine of the shard opens the market and takes the money; see `await_stage`."""
    run = 1 + sum(code.startswith(PREFIX) for code in assets()) // 2
    if run > MAX_RUNS:
        raise StageError(f"there have been {MAX_RUNS} replays in this database: use a new one")
    base, quote = f"{PREFIX}{run}B", f"{PREFIX}{run}Q"
    open_asset(code=base, name=f"Replay {run}, base", decimals=QUANTITY_DECIMALS)
    open_asset(code=quote, name=f"Replay {run}, quote", decimals=QUOTE_DECIMALS)
    market = open_market(
        symbol=f"{base}-{quote}",
        price_decimals=PRICE_DECIMALS,
        quantity_decimals=QUANTITY_DECIMALS,
        shard=shard,
        maker_fee_ppm=0,
        taker_fee_ppm=0,
        max_notional_atoms=2**63 - 1,
        max_open_orders=MAX_OPEN_ORDERS,
    )
    buyer = _trader(f"replay-{run}-buyer", quote, shard)
    seller = _trader(f"replay-{run}-seller", base, shard)
    return Stage(market, buyer, seller)


def is_led(*, shard: int) -> bool:
    """Whether some process leads the shard now, by the database's clock."""
    return Shard.objects.filter(number=shard, lease_expires_at__gt=Now()).exists()


def await_stage(stage: Stage) -> None:
    """Returns when the engine has opened the market and credited both traders. Raises StageError."""
    deadline = time.monotonic() + _PATIENCE_S
    while not _is_set(stage.market, [stage.buyer, stage.seller]):
        if time.monotonic() > deadline:
            raise StageError(f"the engine of shard {stage.market.shard_id} did not open {stage.market}")
        time.sleep(_PAUSE_S)


def _is_set(market: Market, traders: Sequence[int]) -> bool:
    opened = Market.objects.filter(pk=market.pk, status=MarketStatus.OPEN).exists()
    waiting = WalletTransfer.objects.filter(user_id__in=traders).exclude(status=TransferStatus.POSTED)
    return opened and not waiting.exists()


def _trader(name: str, asset: str, shard: int) -> int:
    user = User(username=name)
    user.set_unusable_password()
    user.save()
    issue_demo_funds(owner_id=user.pk, asset=asset, amount_atoms=PLAY_MONEY_ATOMS, key=f"replay:{name}")
    begin_transfer(
        user_id=user.pk,
        shard=shard,
        direction=TransferDirection.TO_TRADING,
        asset=asset,
        amount_atoms=PLAY_MONEY_ATOMS,
        key="replay",
    )
    return int(user.pk)
