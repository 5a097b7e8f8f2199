"""What can be asked about a user's second factor. No secret and no code is among it."""

from dataclasses import dataclass
from datetime import datetime

from access.models import RecoveryCode, TotpDevice


@dataclass(frozen=True, slots=True)
class SecondFactorState:
    """`since` None: there is none. `pending_until`: one is being set up."""

    since: datetime | None
    recovery_codes: int
    locked_until: datetime | None
    pending_until: datetime | None


def second_factor_state(*, user_id: int, now: datetime) -> SecondFactorState:
    device = TotpDevice.objects.filter(pk=user_id).first()
    if device is None:
        return SecondFactorState(None, 0, None, None)
    left = RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count()
    return SecondFactorState(
        device.confirmed_at, left, _later(device.locked_until, now), _later(device.pending_until, now)
    )


def _later(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None
