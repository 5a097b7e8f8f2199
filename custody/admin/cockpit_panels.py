"""What custody knows of a customer: whether he is frozen, deposits, withdrawals and where they may go."""

from django.contrib.auth import get_user_model
from django.db.models import Q, Sum
from django.utils import timezone

from access.cockpit import Panel, PanelSource
from access.cockpit_links import deed_url, link, list_url, minute, row_link
from custody.models import AccountFreeze, AllowedAddress, Deposit, WatchedScript, Withdrawal
from custody.rendering import bitcoin
from custody.rules.statuses import DepositStatus, Trail, WithdrawalStatus
from custody.rules.withdrawals import user_left_sats
from custody.selectors import deposits_of, owed_sats
from custody.selectors_risk import risks_of
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import addresses_of, held_until, used_of, withdrawals_of

SHOWN = 10


def standing(user_id: int) -> Panel:
    """Whether he may withdraw, how much, and why not."""
    now, terms = timezone.now(), terms_in_force()
    freeze = AccountFreeze.objects.filter(owner_id=user_id, ended_at__isnull=True).first()
    held, owed = held_until(user_id, terms, now), owed_sats(user_id)
    script = WatchedScript.objects.filter(owner_id=user_id, trail=Trail.DEPOSIT).first()
    sums = Withdrawal.objects.filter(owner_id=user_id, status=WithdrawalStatus.CONFIRMED)
    came = Deposit.objects.filter(owner_id=user_id, status=DepositStatus.CREDITED)
    name = get_user_model().objects.values_list("username", flat=True).get(pk=user_id)
    return Panel(
        facts=[
            ("frozen", f"since {minute(freeze.began_at)}: {freeze.reason}" if freeze else "no"),
            *([("withdrawals held until", minute(held))] if held else []),
            *([("owes after a reorganization", f"{bitcoin(owed)} BTC")] if owed else []),
            ("may withdraw today", f"{bitcoin(user_left_sats(used_of(user_id, now), terms))} BTC"),
            ("came in", f"{bitcoin(came.aggregate(sats=Sum('amount_sats'))['sats'] or 0)} BTC"),
            ("went out", f"{bitcoin(sums.aggregate(sats=Sum('amount_sats'))['sats'] or 0)} BTC"),
            ("deposit address", row_link(script) if script else "none yet"),
        ],
        deeds=[
            ("End the freeze", deed_url(AccountFreeze, "end", freeze))
            if freeze
            else ("Freeze the account", deed_url(AccountFreeze, "freeze", user=name))
        ],
    )


def withdrawals(user_id: int) -> Panel:
    rows = withdrawals_of(user_id, limit=SHOWN)
    risks = risks_of(rows)
    return Panel(
        head=["asked", "amount", "to", "state", "risk", ""],
        rows=[
            [
                row_link(one, minute(one.created_at)),
                f"{bitcoin(one.amount_sats)} BTC",
                one.address,
                one.status,
                risks[one.pk].text,
                link(deed_url(Withdrawal, "approve", one), "Approve")
                if one.status == WithdrawalStatus.AWAITING_APPROVAL
                else one.ended_because,
            ]
            for one in rows
        ],
        more_url=list_url(Withdrawal, q=user_id, state="all"),
    )


def deposits(user_id: int) -> Panel:
    return Panel(
        head=["seen", "amount", "state", "confirmations", "transaction"],
        rows=[
            [
                row_link(one.deposit, minute(one.deposit.created_at)),
                f"{bitcoin(one.deposit.amount_sats)} BTC",
                one.deposit.status,
                f"{one.confirmations} of {one.required}",
                one.deposit.coin.txid,
            ]
            for one in deposits_of(user_id, limit=SHOWN)
        ],
        more_url=list_url(Deposit, q=user_id),
    )


def addresses(user_id: int) -> Panel:
    shown = addresses_of(user_id)
    found = [one.address for one in shown[:SHOWN]]
    others = AllowedAddress.objects.filter(address__in=found).exclude(Q(owner_id=user_id))
    shared = set(others.values_list("address", flat=True)[:200])
    now = timezone.now()
    return Panel(
        head=["since", "address", "label", "state"],
        rows=[
            [
                row_link(one, minute(one.created_at)),
                one.address,
                one.label,
                "others have it too"
                if one.address in shared
                else f"from {minute(one.available_at)} on"
                if one.available_at > now
                else "may be paid",
            ]
            for one in shown[:SHOWN]
        ],
        more_url=list_url(AllowedAddress, q=user_id) if len(shown) > SHOWN else "",
    )


PANELS = (
    PanelSource("custody", "Bitcoin", "custody.view_withdrawal", standing),
    PanelSource("withdrawals", "Withdrawals", "custody.view_withdrawal", withdrawals),
    PanelSource("deposits", "Deposits", "custody.view_deposit", deposits),
    PanelSource("addresses", "Allowed addresses", "custody.view_allowedaddress", addresses),
)
