"""The addresses that a customer may withdraw to: added with a code, usable after a delay, removed at once.

Each change holds the owner's withdrawals, so that nobody who got in changes the list and takes the money.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from access.second_factor import check_code, spend_code
from access.security_changes import SecurityChangeKind, note_security_change
from access.services import Origin, record_audit
from custody.bitcoin.addresses import address_of, read_address
from custody.bitcoin.errors import BadAddress
from custody.bitcoin.types import RECEIVE
from custody.errors import (
    AddressCooldown,
    AddressExists,
    AddressNotAllowed,
    AddressNotFound,
    CustodyUnavailable,
    InvalidAddress,
    TooManyAddresses,
)
from custody.models import AllowedAddress, WatchedScript, Withdrawal
from custody.rules.statuses import Trail, WithdrawalEvent
from custody.rules.withdrawals import UNSIGNED
from custody.selectors_terms import terms_in_force
from custody.services.wallet_keys import network
from custody.services.withdrawal_lock import lock_withdrawals
from custody.services.withdrawal_steps import step

ADDRESS_REMOVED = "its address was removed from the list"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: a row of the owner's list, or an address that has to be on it."""

    address_id: int | None = None
    address: str = ""

    def is_of(self, address_id: int, address: str) -> bool:
        """Whether a withdrawal to this row went where this says."""
        if self.address_id is not None:
            return self.address_id == address_id
        return self.address == address or self.address.lower() == address  # it may be written in capitals


def add_address(
    *, owner_id: int, address: str, label: str, code: str, now: datetime, origin: Origin
) -> AllowedAddress:
    """Put it on the list. Call it outside any transaction, for a wrong code counts.

    Raises CustodyUnavailable, InvalidAddress, AddressExists, TooManyAddresses, what `check_code` raises. That
    an address is somebody else's here costs a code to be told: else anybody could ask whose any address is.
    """
    if not settings.CUSTODY:
        raise CustodyUnavailable("custody")
    script = _script(owner_id, address)
    _refuse_addition(owner_id, script)
    check_code(user_id=owner_id, code=code, now=now)
    with transaction.atomic():
        lock_withdrawals()
        _refuse_addition(owner_id, script)
        spend_code(user_id=owner_id, code=code, now=now)
        allowed = None if _is_own(script, owner_id) else _added(owner_id, script, label, now)
        if allowed is not None:
            note_security_change(user_id=owner_id, kind=SecurityChangeKind.ADDRESS_LIST, at=now)
            _audit("added", allowed, origin)
    if allowed is None:  # only now: the code is spent
        raise _own_address()
    return allowed


@transaction.atomic
def remove_address(*, owner_id: int, address_id: int, now: datetime, origin: Origin) -> Sequence[Withdrawal]:
    """Take it off the list. What is on its way there and unsigned is canceled, and given.

    Raises AddressNotFound.
    """
    lock_withdrawals()
    allowed = AllowedAddress.objects.filter(pk=address_id, owner_id=owner_id, removed_at__isnull=True).first()
    if allowed is None:
        raise AddressNotFound
    allowed.removed_at = now
    allowed.save(update_fields=["removed_at"])
    unsigned = Withdrawal.objects.filter(allowed=allowed, status__in=UNSIGNED).order_by("created_at", "pk")
    canceled = list(unsigned.select_for_update())
    for withdrawal in canceled:
        step(withdrawal, WithdrawalEvent.CANCEL, because=ADDRESS_REMOVED)
    note_security_change(user_id=owner_id, kind=SecurityChangeKind.ADDRESS_LIST, at=now)
    _audit("removed", allowed, origin, canceled)
    return canceled


@transaction.atomic
def seed_address(*, owner_id: int, address: str, label: str, created_at: datetime) -> AllowedAddress:
    """On the list as if it had been added at `created_at`, for people of a demo. Repeatable."""
    assert settings.DEMO, "addresses are seeded in demo mode only"
    lock_withdrawals()
    script = _script(owner_id, address)
    if _is_own(script, owner_id):
        raise _own_address()
    return _listed(owner_id).filter(script=script).first() or _added(owner_id, script, label, created_at)


def usable_address(owner_id: int, target: Target, now: datetime) -> AllowedAddress:
    """The row of the owner's list. Raises InvalidAddress, AddressNotAllowed, AddressCooldown."""
    listed = _listed(owner_id)
    if target.address_id is not None:
        found = listed.filter(pk=target.address_id).first()
    else:
        found = listed.filter(script=_script(owner_id, target.address)).first()
    if found is None:
        raise AddressNotAllowed(field="address")
    if _is_own(bytes(found.script), owner_id):  # it became one since
        raise _own_address()
    if found.available_at > now:
        raise AddressCooldown(field="address", available_at_ms=milliseconds(found.available_at))
    return found


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _listed(owner_id: int) -> QuerySet[AllowedAddress]:
    return AllowedAddress.objects.filter(owner_id=owner_id, removed_at__isnull=True)


def _script(owner_id: int, address: str) -> bytes:
    """Raises InvalidAddress, also for one that the house gave to him."""
    try:
        script = read_address(address, network())
    except BadAddress as error:
        raise InvalidAddress(field="address", reason=error.reason.value) from error
    if _is_own(script, owner_id, given_to=owner_id):
        raise _own_address()
    return script


def _is_own(script: bytes, owner_id: int, *, given_to: int | None = None) -> bool:
    """Whether it is one of the house's, or of another's vault: what goes there never leaves the house. The
    address of a vault of `owner_id` is none: its coins are his. `given_to`: of what the house gave to him."""
    watched = WatchedScript.objects.filter(script=script)
    if given_to is not None:
        watched = watched.filter(owner_id=given_to)
    return watched.exclude(trail=Trail.VAULT, branch=RECEIVE, owner_id=owner_id).exists()


def _own_address() -> InvalidAddress:
    return InvalidAddress("This is an address of the house itself.", field="address", reason="OWN")


def _refuse_addition(owner_id: int, script: bytes) -> None:
    if _listed(owner_id).filter(script=script).exists():
        raise AddressExists(field="address")
    if _listed(owner_id).count() >= terms_in_force().max_addresses:
        raise TooManyAddresses


def _added(owner_id: int, script: bytes, label: str, at: datetime) -> AllowedAddress:
    written = address_of(script, network())
    assert written is not None
    return AllowedAddress.objects.create(
        owner_id=owner_id,
        label=label,
        address=written,
        script=script,
        created_at=at,
        available_at=at + timedelta(seconds=terms_in_force().address_delay_seconds),
    )


def _audit(what: str, allowed: AllowedAddress, origin: Origin, canceled: Sequence[Withdrawal] = ()) -> None:
    after: dict[str, str | int | bool | list[str] | None] = {
        "address": allowed.address,
        "label": allowed.label,
    }
    if canceled:
        after["canceled"] = [str(withdrawal.pk) for withdrawal in canceled]
    record_audit(
        origin=origin,
        action=f"withdrawal_address.{what}",
        subject=f"user:{allowed.owner_id}",
        after=after,
    )
