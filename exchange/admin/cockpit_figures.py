"""The exchange at the head of the operators' home: engines, and each market, its controls a click away."""

from access.cockpit import Figure, FigureSource
from access.cockpit_links import list_url, row_url
from exchange.admin import units
from exchange.checks import engines
from exchange.models import Market, MarketStatus, Shard
from exchange.selectors import trades_of_market
from health.rules import Status

MOST_MARKETS = 8
_TONES = {Status.OK: "good", Status.WARN: "warn", Status.FAIL: "bad"}
_STATUS_TONES = {MarketStatus.OPEN: "good", MarketStatus.HALTED: "bad"}


def markets() -> list[Figure]:
    """Each leads to its page, where it is paused, opened and changed. What is not open stands first."""
    rows = sorted(Market.objects.all()[:200], key=lambda row: (row.status == MarketStatus.OPEN, row.symbol))
    found = [_market(row) for row in rows[:MOST_MARKETS]]
    rest = len(rows) - MOST_MARKETS
    return found if rest <= 0 else [*found, Figure("Markets", f"{rest} more", url=list_url(Market))]


def _market(market: Market) -> Figure:
    last = trades_of_market(market_id=market.pk).order_by("-pk").first()
    price = "no trade yet" if last is None else f"last {units.price(last.price_ticks, market)}"
    tone = _STATUS_TONES.get(MarketStatus(market.status), "warn")
    return Figure(
        market.symbol, market.status, f"{price} · pause, open, change", tone=tone, url=row_url(market)
    )


def engine() -> list[Figure]:
    """The worst shard: what customers wait for is its queue."""
    found = engines()
    if not found:
        return [Figure("Engine", "no shard", tone="warn", url=list_url(Shard))]
    worst = max(found, key=lambda one: (one.status, one.figures.get("lag_ms", 0)))
    lag_ms, waiting = worst.figures.get("lag_ms", 0), worst.figures.get("queue_length", 0)
    detail = worst.message or f"{waiting} commands wait · {len(found)} led"
    return [Figure("Engine lag", f"{lag_ms} ms", detail, _TONES[worst.status], list_url(Shard))]


FIGURES = (
    FigureSource("markets", "exchange.view_market", markets),
    FigureSource("engine", "exchange.view_shard", engine),
)
