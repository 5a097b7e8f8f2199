"""Keeps the price bands of dollar markets around the oracle's price, or the last trade where there is none.

It asks the engines, as operators do, and rarely: an engine's journal is for ever.
"""

from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import QuerySet

from exchange.engine.commands import CommandKind
from exchange.errors import RequestConflict
from exchange.models import EngineRequest, Market, MarketStatus
from exchange.rules import RequestStatus
from exchange.services.requests import request_reference_price
from oracle.rules.quotes import BITCOIN, PRICE_DECIMALS
from oracle.rules.uses import DisplayPrice
from oracle.rules.view import Degraded, State
from oracle.selectors import price_for_display

DOLLARS = "USDB"
LEAST_MOVE_PPM = 1_000
LEAST_PAUSE_MS = 10_000
LAST_TRADE = 0
_PPM = 10**6
_NAMESPACE = UUID("0a4d35f5-6f2b-4d0c-8a55-7265666572ff")
_KIND = CommandKind.SET_REFERENCE_PRICE.name


def follow_the_oracle(*, now_ms: int) -> int:
    """Ask for the reference prices that have moved, each at most once in ten seconds. Gives how many."""
    markets = Market.objects.filter(band_ppm__gt=0, base_asset=BITCOIN, quote_asset=DOLLARS)
    banded = list(markets.exclude(status=MarketStatus.PENDING))
    if not banded:
        return 0
    shown = price_for_display(now_ms=now_ms)
    return sum(1 for market in banded if _follow(market, shown, now_ms))


def _follow(market: Market, shown: DisplayPrice, now_ms: int) -> bool:
    ticks = reference_wanted(market, shown, is_demo=settings.DEMO)
    if ticks is None or (ticks == LAST_TRADE and not _is_the_oracles(market)):
        return False
    command_id = uuid5(_NAMESPACE, f"{market.symbol}:{now_ms // LEAST_PAUSE_MS}")
    if EngineRequest.objects.filter(command_id=command_id).exists() or _is_waiting(market):
        return False
    try:
        request_reference_price(
            market=market,
            price_ticks=ticks,
            reason="the price of the oracle" if ticks else f"the oracle is {shown.state.value}",
            requested_by=None,
            command_id=command_id,
        )
    except RequestConflict:
        return False  # another process has asked at the same moment
    return True


def reference_wanted(market: Market, shown: DisplayPrice, *, is_demo: bool) -> int | None:
    """In ticks; 0 is the last trade; None: it may stay as it is.

    A breaker's pause keeps no band from following, for the price has moved; a round without a price does. A
    simulated price moves no band of a house with real money.
    """
    if shown.state in (State.STALE, State.HALTED):
        return LAST_TRADE if market.reference_price_ticks else None
    is_accepted = shown.state is State.FRESH or shown.reason in list(Degraded)
    if not is_accepted or shown.price_e8 is None or (shown.simulated and not is_demo):
        return None
    ticks: int = shown.price_e8 * 10**market.price_decimals // 10**PRICE_DECIMALS
    before = market.reference_price_ticks
    return ticks if abs(ticks - before) * _PPM > before * LEAST_MOVE_PPM else None


def _of_market(market: Market) -> QuerySet[EngineRequest]:
    return EngineRequest.objects.filter(
        shard_id=market.shard_id, kind=_KIND, summary__startswith=f"{market.symbol}: "
    )


def _is_waiting(market: Market) -> bool:
    return _of_market(market).filter(status=RequestStatus.PENDING).exists()


def _is_the_oracles(market: Market) -> bool:
    """Whether the present reference price is one that was set here, and no operator's."""
    latest = _of_market(market).filter(status=RequestStatus.APPLIED).order_by("-pk").first()
    return latest is not None and latest.requested_by_id is None
