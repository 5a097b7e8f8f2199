"""What can be asked about withdrawals, their limits and holds, and the addresses they may go to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from access.security_changes import changed_since, security_held_until
from custody.models import AccountFreeze, AllowedAddress, Withdrawal, WithdrawalStop
from custody.models.terms import RESTORED
from custody.rules.statuses import WithdrawalStatus
from custody.rules.terms import Terms
from custody.rules.withdrawals import OPEN, RETURNED, Unseen, Used
from custody.selectors_terms import terms_in_force

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MAX_CLAIMABLE = 500


def open_stop() -> WithdrawalStop | None:
    """Why nothing is withdrawn by anybody; None while withdrawals go."""
    return WithdrawalStop.objects.filter(ended_at__isnull=True).order_by("pk").first()


def is_unreconciled() -> bool:
    """Whether the rows came out of a backup, and nobody has let withdrawals go on since."""
    return WithdrawalStop.objects.filter(ended_at__isnull=True, cause=RESTORED).exists()


def held_until(owner_id: int, terms: Terms, now: datetime) -> datetime | None:
    """Until when a security change holds the owner's withdrawals; None where none does."""
    until = security_held_until(user_id=owner_id, hold_seconds=terms.security_hold_seconds)
    return until if until is not None and until > now else None


def used_of(owner_id: int, now: datetime) -> Used:
    """What counts against limits: all that was asked for in the time and not returned."""
    counted = Withdrawal.objects.exclude(status__in=RETURNED)
    own = counted.filter(owner_id=owner_id, created_at__gt=now - DAY).aggregate(
        sats=Sum("amount_sats"), count=Count("pk")
    )
    house = counted.filter(created_at__gt=now - HOUR).aggregate(sats=Sum("amount_sats"))
    return Used(own["sats"] or 0, own["count"], house["sats"] or 0)


def unseen_of(owner_id: int, terms: Terms, now: datetime) -> Unseen:
    """What the customer asked for in 24 hours that no operator had to agree to, and that was not returned."""
    alone = Withdrawal.objects.exclude(status__in=RETURNED).filter(approvals_needed=0)
    is_new = Q(allowed__created_at__gt=now - timedelta(seconds=terms.new_address_seconds))
    sums = alone.filter(owner_id=owner_id, created_at__gt=now - DAY).aggregate(
        day=Sum("amount_sats"), new=Sum("amount_sats", filter=is_new)
    )
    return Unseen(sums["day"] or 0, sums["new"] or 0)


def claimable(now: datetime, *, limit: int = MAX_CLAIMABLE) -> list[UUID]:
    """Approved withdrawals that may be signed now, oldest first.

    Not while withdrawals are stopped, nor those of an owner who is frozen, disabled or held: what changed
    after the request holds it too. Look again in the transaction that plans, under its lock.
    """
    if open_stop() is not None:
        return []
    approved = Withdrawal.objects.filter(status=WithdrawalStatus.APPROVED)
    owners = set(approved.values_list("owner_id", flat=True).distinct())
    since = now - timedelta(seconds=terms_in_force().security_hold_seconds)
    barred = changed_since(user_ids=owners, moment=since) | _frozen(owners)
    free = approved.filter(owner_id__in=owners - barred, owner__is_active=True)
    return list(free.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


def _frozen(owners: set[int]) -> set[int]:
    open_freezes = AccountFreeze.objects.filter(owner_id__in=owners, ended_at__isnull=True)
    return set(open_freezes.values_list("owner_id", flat=True))


def withdrawal_of(owner_id: int, withdrawal_id: UUID) -> Withdrawal | None:
    """None where there is none, or it is another's."""
    return Withdrawal.objects.filter(pk=withdrawal_id, owner_id=owner_id).select_related("spend").first()


def is_paying(owner_id: int, address: str) -> bool:
    """Whether a withdrawal of his is on its way to this address and in no block yet."""
    return Withdrawal.objects.filter(owner_id=owner_id, address=address, status__in=OPEN).exists()


def withdrawal_rows(owner_id: int) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(owner_id=owner_id).select_related("spend")


def withdrawals_of(
    owner_id: int, *, statuses: Sequence[str] = (), before: tuple[datetime, UUID] | None = None, limit: int
) -> list[Withdrawal]:
    """The latest first. `before`: time and id of the last one that was seen."""
    rows = withdrawal_rows(owner_id)
    if statuses:
        rows = rows.filter(status__in=statuses)
    if before is not None:
        at, last = before
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=last))
    return list(rows.order_by("-created_at", "-pk")[:limit])


def awaiting_approval() -> QuerySet[Withdrawal]:
    """The queue of operators, oldest first."""
    waiting = Withdrawal.objects.filter(status=WithdrawalStatus.AWAITING_APPROVAL)
    return waiting.select_related("owner", "allowed").order_by("created_at", "pk")


def addresses_of(owner_id: int) -> list[AllowedAddress]:
    """The owner's list, latest first; what was removed is not on it."""
    return list(AllowedAddress.objects.filter(owner_id=owner_id, removed_at__isnull=True).order_by("-pk"))
