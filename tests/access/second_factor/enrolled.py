"""People with a second factor, and a clock of whole steps that only tests move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from access.second_factor import begin_enrolment, code_at, confirm_enrolment, step_at
from access.second_factor.codes import STEP_SECONDS
from access.services import Origin
from tests.access.people import new_user

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WRONG = "abcdef"  # no digits: it is never right by chance


def later(steps: int = 1) -> datetime:
    """So many steps after the enrolment at NOON."""
    return NOON + timedelta(seconds=STEP_SECONDS * steps)


@dataclass(frozen=True)
class Enrolled:
    user: User
    secret: str
    recovery_codes: tuple[str, ...]

    def code(self, now: datetime) -> str:
        return code_at(self.secret, step_at(now))


def enrolled(name: str, *, now: datetime = NOON) -> Enrolled:
    user = new_user(name)
    secret = begin_enrolment(user_id=user.pk, now=now, origin=Origin()).secret
    codes = confirm_enrolment(
        user_id=user.pk, code=code_at(secret, step_at(now)), now=now, origin=Origin(user_id=user.pk)
    )
    return Enrolled(user, secret, tuple(codes))
