"""Bitcoin at the head of the operators' home: what the house has against what it owes, and what goes out."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from access.cockpit import Figure, FigureSource
from access.cockpit_links import list_url
from custody.models import Coin, Withdrawal
from custody.rendering import bitcoin
from custody.rules.statuses import WithdrawalStatus
from custody.rules.withdrawals import OPEN, RETURNED
from custody.selectors_spends import hot_wallet
from ledger.rules import Purpose
from ledger.selectors import house_balance, owed_to_customers

DAY = timedelta(days=1)


def coins() -> list[Figure]:
    """By the books: what the wallets owe the ledger is what the house has."""
    if not settings.CUSTODY:
        return []
    hot_sats = -house_balance(asset="BTC", purpose=Purpose.HOT_WALLET)
    cold_sats = -house_balance(asset="BTC", purpose=Purpose.COLD_STORAGE)
    owed_sats = owed_to_customers(asset="BTC")
    on_its_way_sats = house_balance(asset="BTC", purpose=Purpose.WITHDRAWALS)
    detail = f"hot {_short(hot_sats)} · cold {_short(cold_sats)} · owed {_short(owed_sats + on_its_way_sats)}"
    missing_sats = hot_wallet(timezone.now()).missing_sats
    is_short = hot_sats + cold_sats < owed_sats + on_its_way_sats
    if missing_sats:
        detail += f" · the hot wallet lacks {_short(missing_sats)}"
    tone = "bad" if is_short and not settings.DEMO else "warn" if missing_sats or is_short else "good"
    return [Figure("Bitcoin", f"{_short(hot_sats + cold_sats)} BTC", detail, tone, list_url(Coin))]


def withdrawals() -> list[Figure]:
    if not settings.CUSTODY:
        return []
    recent = Withdrawal.objects.filter(created_at__gt=timezone.now() - DAY).exclude(status__in=RETURNED)
    day = recent.aggregate(count=Count("pk"), sats=Sum("amount_sats"))
    under_way = Withdrawal.objects.filter(status__in=OPEN).order_by()
    by_status = dict(under_way.values_list("status").annotate(count=Count("pk")))
    waiting = by_status.pop(WithdrawalStatus.AWAITING_APPROVAL, 0)
    detail = f"{_short(day['sats'] or 0)} BTC in 24 hours · {sum(by_status.values())} on their way"
    tone = "warn" if waiting else ""
    if waiting:
        detail += f" · {waiting} to approve"
    return [Figure("Withdrawals", str(day["count"]), detail, tone, list_url(Withdrawal, state="open"))]


def _short(sats: int) -> str:
    return bitcoin(sats).rstrip("0").rstrip(".")


FIGURES = (
    FigureSource("bitcoin", "custody.view_coin", coins),
    FigureSource("withdrawals", "custody.view_withdrawal", withdrawals),
)
