"""What of the exchange waits for people: requests and transfers that hang, and markets that are not open."""

from datetime import timedelta

from django.utils import timezone

from access.cockpit import Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import ago, deed_url, list_url, row_url, work_of
from exchange.admin import units
from exchange.admin.market_switches import SWITCHES
from exchange.engine.commands import CommandKind
from exchange.models import EngineRequest, Market, MarketStatus, WalletTransfer
from exchange.rules import RequestStatus, TransferStatus

HANGS = timedelta(seconds=15)  # an engine looks for rows each second
LONG = timedelta(minutes=2)
LOOKED_AT = 2_000
WHAT_IT_TAKES = {
    MarketStatus.PENDING: "The engine has not opened it yet",
    MarketStatus.POST_ONLY: "It takes post-only orders and cancels",
    MarketStatus.CANCEL_ONLY: "It takes cancels alone: an operator or its breaker has stopped it",
    MarketStatus.HALTED: "It takes nothing: nobody gets his orders back",
}


def requests(operator_id: int) -> Work:
    now = timezone.now()

    def item(row: EngineRequest) -> WorkItem:
        return WorkItem(
            title=f"Unknown outcome: {row.summary}",
            since=row.created_at,
            url=row_url(row),
            reasons=[
                f"The engine of shard {row.shard_id} has not taken it up for {ago(row.created_at, now)}",
                f"Asked for by {row.requested_by or 'the house itself'}: {row.reason}",
            ],
            urgency=Urgency.NOW if now - row.created_at > LONG else Urgency.SOON,
        )

    rows = EngineRequest.objects.filter(status=RequestStatus.PENDING, created_at__lt=now - HANGS)
    return work_of(rows.select_related("requested_by").order_by("pk"), item)


def transfers(operator_id: int) -> Work:
    now = timezone.now()

    def item(row: WalletTransfer) -> WorkItem:
        what = units.amount(row.amount_atoms, row.asset)
        return WorkItem(
            title=f"Unknown outcome: {what} of {row.user} {row.direction}",
            since=row.created_at,
            url=row_url(row),
            reasons=[
                f"The engine of shard {row.shard_id} has not taken it up for {ago(row.created_at, now)}"
            ],
            urgency=Urgency.NOW if now - row.created_at > LONG else Urgency.SOON,
        )

    rows = WalletTransfer.objects.filter(status=TransferStatus.PENDING, created_at__lt=now - HANGS)
    return work_of(rows.select_related("user").order_by("pk"), item)


def markets(operator_id: int) -> Work:
    return work_of(Market.objects.exclude(status=MarketStatus.OPEN).order_by("symbol"), _market)


def _market(market: Market) -> WorkItem:
    asked = _asked(market)
    offered = [deed for deed in SWITCHES if deed.suits(market)]
    return WorkItem(
        title=f"{market.symbol} is {market.status}",
        since=market.created_at if asked is None else asked.resolved_at or asked.created_at,
        url=row_url(market),
        reasons=[
            WHAT_IT_TAKES[MarketStatus(market.status)],
            *([] if asked is None else [f"{asked.requested_by or 'The house itself'}: {asked.reason}"]),
        ],
        deeds=[(deed.title, deed_url(Market, deed.name, market)) for deed in offered],
        urgency=Urgency.SOON if market.status == MarketStatus.HALTED else Urgency.LATER,
    )


def _asked(market: Market) -> EngineRequest | None:
    """The latest request for a status of this market, among the LOOKED_AT latest of all. A breaker asks for
    nothing."""
    newest = EngineRequest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = EngineRequest.objects.filter(pk__gt=newest - LOOKED_AT, status=RequestStatus.APPLIED)
    found = recent.filter(kind=CommandKind.SET_MARKET_STATUS.name, shard_id=market.shard_id)
    rows = found.filter(summary__startswith=f"{market.symbol}: ").select_related("requested_by")
    latest = rows.order_by("-pk").first()
    is_why = latest is not None and latest.summary.endswith(f" to {market.status}")
    return latest if is_why else None


WORK = (
    WorkSource(
        name="engine_requests",
        title="Requests to engines without an outcome",
        permission="exchange.view_enginerequest",
        look=requests,
        nothing="no request to an engine hangs",
        all_url=lambda: list_url(EngineRequest, status__exact=RequestStatus.PENDING.value),
    ),
    WorkSource(
        name="wallet_transfers",
        title="Transfers to or from trading without an outcome",
        permission="exchange.view_wallettransfer",
        look=transfers,
        nothing="no transfer hangs",
        all_url=lambda: list_url(WalletTransfer, status__exact=TransferStatus.PENDING.value),
    ),
    WorkSource(
        name="markets",
        title="Markets that are not open",
        permission="exchange.view_market",
        look=markets,
        nothing="every market is open",
        all_url=lambda: list_url(Market),
    ),
)
