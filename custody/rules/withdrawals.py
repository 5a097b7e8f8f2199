"""What is decided of a withdrawal: its life as one table, whom it needs, and how much goes in a time."""

from dataclasses import dataclass

from access.errors import DomainError
from custody.errors import AboveHotWallet, BelowMinimum, VelocityExceeded
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.rules.terms import Terms
from ledger.money import format_atoms

BTC_DECIMALS = 8
USER_DAY_AMOUNT, USER_DAY_COUNT, HOUSE_HOUR_AMOUNT = "USER_DAY_AMOUNT", "USER_DAY_COUNT", "HOUSE_HOUR_AMOUNT"

_S, _E = WithdrawalStatus, WithdrawalEvent

# A pair that is missing is refused. Who cancels or rejects again changes nothing. SETTLE may overtake SIGN:
# the chain decides, and a signature that we have not seen yet can be in it.
TRANSITIONS: dict[tuple[WithdrawalStatus, WithdrawalEvent], WithdrawalStatus] = {
    (_S.AWAITING_APPROVAL, _E.APPROVE): _S.APPROVED,
    (_S.AWAITING_APPROVAL, _E.REJECT): _S.REJECTED,
    (_S.AWAITING_APPROVAL, _E.CANCEL): _S.CANCELED,
    (_S.APPROVED, _E.REJECT): _S.REJECTED,
    (_S.APPROVED, _E.CANCEL): _S.CANCELED,
    (_S.APPROVED, _E.PLAN): _S.SIGNING,
    (_S.SIGNING, _E.DROP_PLAN): _S.APPROVED,
    (_S.SIGNING, _E.LOSE): _S.APPROVED,
    (_S.SIGNING, _E.SIGN): _S.BROADCAST,
    (_S.SIGNING, _E.SETTLE): _S.CONFIRMED,
    (_S.BROADCAST, _E.LOSE): _S.APPROVED,
    (_S.BROADCAST, _E.SETTLE): _S.CONFIRMED,
    (_S.CONFIRMED, _E.UNSETTLE): _S.BROADCAST,
    (_S.CANCELED, _E.CANCEL): _S.CANCELED,
    (_S.REJECTED, _E.REJECT): _S.REJECTED,
}
# The customer's money left the funding wallet and has not reached the network's books.
OPEN = (_S.AWAITING_APPROVAL, _S.APPROVED, _S.SIGNING, _S.BROADCAST)
UNSIGNED = (_S.AWAITING_APPROVAL, _S.APPROVED)
RETURNED = (_S.CANCELED, _S.REJECTED)


def next_status(status: WithdrawalStatus, event: WithdrawalEvent) -> WithdrawalStatus | None:
    """Where `event` leads from `status`; None if it is refused."""
    return TRANSITIONS.get((status, event))


@dataclass(frozen=True, slots=True)
class Used:
    """What was asked for and not returned: by the customer in 24 hours, by everybody in one hour."""

    user_day_sats: int
    user_day_count: int
    house_hour_sats: int


def amount_refusal(amount_sats: int, terms: Terms) -> DomainError | None:
    """Why nobody withdraws this amount at once; None if he may."""
    if amount_sats < terms.min_withdrawal_sats:
        return BelowMinimum(field="amount", minimum=_text(terms.min_withdrawal_sats))
    if amount_sats > terms.max_withdrawal_sats:
        return AboveHotWallet(field="amount", maximum=_text(terms.max_withdrawal_sats))
    return None


def velocity_refusal(amount_sats: int, used: Used, terms: Terms) -> DomainError | None:
    """Why the amount cannot go beside what was used; None if it can. How much others withdraw is not said."""
    if used.user_day_count >= terms.user_day_count:
        return VelocityExceeded(limit=USER_DAY_COUNT, available=_text(0))
    left_sats = user_left_sats(used, terms)
    if amount_sats > left_sats:
        return VelocityExceeded(field="amount", limit=USER_DAY_AMOUNT, available=_text(left_sats))
    if used.house_hour_sats + amount_sats > terms.house_hour_sats:
        return VelocityExceeded(field="amount", limit=HOUSE_HOUR_AMOUNT)
    return None


def user_left_sats(used: Used, terms: Terms) -> int:
    """What the customer may still withdraw of his own limits; terms that were lowered leave nothing."""
    if used.user_day_count >= terms.user_day_count:
        return 0
    return max(terms.user_day_sats - used.user_day_sats, 0)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What went in 24 hours without any operator and was not returned: all of the customer's, and of that
    what went to addresses that are new now."""

    day_sats: int
    new_address_sats: int


def approvals_needed(amount_sats: int, address_age_seconds: int, unseen: Unseen, terms: Terms) -> int:
    """How many operators have to agree before it is signed; 0 lets it go by itself.

    What went by itself before counts with it: in small pieces no more goes unseen than in one.
    """
    if amount_sats > unseen_left_sats(unseen, terms):
        return terms.approvals
    is_new = address_age_seconds < terms.new_address_seconds
    return 1 if is_new and unseen.new_address_sats + amount_sats > terms.new_address_above_sats else 0


def unseen_left_sats(unseen: Unseen, terms: Terms) -> int:
    """What may still go by itself to an address that is not new."""
    return max(terms.four_eyes_above_sats - unseen.day_sats, 0)


def _text(sats: int) -> str:
    return format_atoms(sats, BTC_DECIMALS)
