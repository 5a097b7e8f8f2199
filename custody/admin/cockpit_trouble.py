"""What is wrong in custody and waits for people: stops, spends, coins, keys, freezes, terms, what is late."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils import timezone

from access.cockpit import Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import ago, deed_url, list_url, row_url, work_of
from custody.models import (
    AccountFreeze,
    ReorgReceivable,
    Spend,
    TermsProposal,
    UnexpectedSpend,
    WalletKey,
    Withdrawal,
    WithdrawalStop,
)
from custody.rendering import bitcoin
from custody.rules.statuses import SpendStatus, WithdrawalStatus
from custody.selectors_spends import hot_wallet, open_spends

LATE = timedelta(hours=1)
_GOING = (WithdrawalStatus.APPROVED, WithdrawalStatus.SIGNING, WithdrawalStatus.BROADCAST)
ANOTHER = "Waits for another operator"


def stops(operator_id: int) -> Work:
    def item(stop: WithdrawalStop) -> WorkItem:
        is_own = stop.operator_id == operator_id
        return WorkItem(
            title="Withdrawals are stopped for everybody",
            since=stop.began_at,
            url=row_url(stop),
            reasons=[
                *([ANOTHER] if is_own else []),
                stop.reason,
                f"By {stop.operator or 'the house itself'}",
            ],
            deeds=[] if is_own else [("Let withdrawals go on", deed_url(WithdrawalStop, "go-on", stop))],
            urgency=Urgency.NOW,
        )

    rows = WithdrawalStop.objects.filter(ended_at__isnull=True).select_related("operator")
    return work_of(rows.order_by("pk"), item)


def spends(operator_id: int) -> Work:
    troubled = Q(status=SpendStatus.CONTESTED) | ~Q(problem="")
    return work_of(open_spends().filter(troubled), _spend)


def _spend(spend: Spend) -> WorkItem:
    is_contested = spend.status == SpendStatus.CONTESTED
    deeds = [("Ask the signer again", "ask-again"), ("Give it up", "drop")]
    if is_contested:
        deeds = [("It is lost", "give-up")]
    what = "Contested" if is_contested else "In trouble"
    return WorkItem(
        title=f"{what}: spend {spend.pk}, {spend.purpose} by {spend.wallet}",
        since=spend.changed_at,
        url=row_url(spend),
        reasons=[spend.problem or "Another transaction spends its coins", f"Status {spend.status}"],
        deeds=[
            (title, deed_url(Spend, name, spend)) for title, name in deeds if spend.problem or is_contested
        ],
        urgency=Urgency.NOW if is_contested else Urgency.SOON,
    )


def unexpected(operator_id: int) -> Work:
    def item(row: UnexpectedSpend) -> WorkItem:
        return WorkItem(
            title=f"{bitcoin(row.coin.value_sats)} BTC of {row.coin.watched.wallet} spent without us",
            since=row.noted_at,
            url=row_url(row),
            reasons=[f"Coin {row.coin}", f"Spent by {row.txid}", "A stolen key spends more than one coin"],
            deeds=[("It was looked at", deed_url(UnexpectedSpend, "looked-at", row))],
            urgency=Urgency.NOW,
        )

    rows = UnexpectedSpend.objects.filter(ended_at__isnull=True).select_related("coin__watched")
    return work_of(rows.order_by("pk"), item)


def freezes(operator_id: int) -> Work:
    rows = AccountFreeze.objects.filter(ended_at__isnull=True).select_related("owner")
    return work_of(rows.order_by("began_at", "pk"), _freeze)


def _freeze(row: AccountFreeze) -> WorkItem:
    open_rows = ReorgReceivable.objects.filter(owner_id=row.owner_id, met_sats__lt=F("owed_sats"))
    owed_sats = open_rows.aggregate(owed=Sum(F("owed_sats") - F("met_sats")))["owed"] or 0
    owes = [f"Owes {bitcoin(owed_sats)} BTC after a reorganization"] if owed_sats else []
    ends = ["Ends by itself when that is met"] if row.is_automatic else []
    return WorkItem(
        title=f"{row.owner} is frozen",
        since=row.began_at,
        url=row_url(row),
        reasons=[row.reason, *owes, *ends],
        deeds=[("End the freeze", deed_url(AccountFreeze, "end", row))],
        urgency=Urgency.LATER if row.is_automatic else Urgency.SOON,
    )


def keys(operator_id: int) -> Work:
    def item(row: WalletKey) -> WorkItem:
        return WorkItem(
            title=f"The {row.role} signer shows another key",
            since=row.learned_at,
            url=row_url(row),
            reasons=["Nothing is made of it until somebody says so", f"Run by {row.party or 'nobody named'}"],
            deeds=[("Accept the other key", deed_url(WalletKey, "accept", row))],
            urgency=Urgency.NOW,
        )

    return work_of(WalletKey.objects.exclude(refused_key="").order_by("role"), item)


def terms(operator_id: int) -> Work:
    def item(row: TermsProposal) -> WorkItem:
        is_own = row.operator_id == operator_id
        withdraw = ("Withdraw", deed_url(TermsProposal, "withdraw", row))
        approve = [] if is_own else [("Approve", deed_url(TermsProposal, "approve", row))]
        return WorkItem(
            title="Other terms of withdrawals are proposed",
            since=row.created_at,
            url=row_url(row),
            reasons=[*([ANOTHER] if is_own else []), f"{row.operator}: {row.reason}"],
            deeds=[*approve, withdraw],
            urgency=Urgency.LATER if is_own else Urgency.SOON,
        )

    rows = TermsProposal.objects.filter(ended_at__isnull=True).select_related("operator")
    return work_of(rows.order_by("pk"), item)


def late(operator_id: int) -> Work:
    """What was approved and has not gone, though it could: what lacks for it is said."""
    now = timezone.now()
    rows = Withdrawal.objects.filter(status__in=_GOING, created_at__lt=now - LATE, changed_at__lt=now - LATE)
    rows = rows.select_related("owner").order_by("created_at", "pk")
    if not settings.CUSTODY or not rows.exists():
        return Work([], 0)
    missing_sats = hot_wallet(now).missing_sats
    lacks = [f"The hot wallet lacks {bitcoin(missing_sats)} BTC: refill it"] if missing_sats else []

    def item(row: Withdrawal) -> WorkItem:
        is_waiting = row.status == WithdrawalStatus.APPROVED
        held = [] if row.owner.is_active else ["Its owner's account is disabled"]
        return WorkItem(
            title=f"{bitcoin(row.amount_sats)} BTC of {row.owner}, {row.status}",
            since=row.created_at,
            url=row_url(row),
            reasons=[f"Asked for {ago(row.created_at, now)} ago", *(lacks if is_waiting else []), *held],
            deeds=[("Reject", deed_url(Withdrawal, "reject", row))] if is_waiting else [],
        )

    return work_of(rows, item)


WORK = (
    WorkSource(
        name="withdrawal_stop",
        title="The stop of withdrawals",
        permission="custody.stop_withdrawals",
        look=stops,
        nothing="withdrawals are not stopped",
        all_url=lambda: list_url(WithdrawalStop),
    ),
    WorkSource(
        name="unexpected_spends",
        title="Coins that were spent without us",
        permission="custody.stop_withdrawals",
        look=unexpected,
        nothing="no coin was spent without us",
        all_url=lambda: list_url(UnexpectedSpend, ended_at__isempty="1"),
    ),
    WorkSource(
        name="spends",
        title="Transactions in trouble",
        permission="custody.stop_withdrawals",
        look=spends,
        nothing="no transaction is contested, refused or stuck",
        all_url=lambda: list_url(Spend),
    ),
    WorkSource(
        name="refused_keys",
        title="Signers with another key",
        permission="custody.change_terms",
        look=keys,
        nothing="every signer has its key",
        all_url=lambda: list_url(WalletKey),
    ),
    WorkSource(
        name="late_withdrawals",
        title="Withdrawals that should have gone",
        permission="custody.view_withdrawal",
        look=late,
        nothing="no withdrawal is late",
        all_url=lambda: list_url(Withdrawal, state="open"),
    ),
    WorkSource(
        name="freezes",
        title="Frozen accounts",
        permission="custody.end_freeze",
        look=freezes,
        nothing="no account is frozen",
        all_url=lambda: list_url(AccountFreeze, ended_at__isempty="1"),
    ),
    WorkSource(
        name="terms",
        title="Terms of custody that wait for a second operator",
        permission="custody.change_terms",
        look=terms,
        nothing="no terms are proposed",
        all_url=lambda: list_url(TermsProposal),
    ),
)
