"""Who is logged in where, and how a login is ended from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from access.accounts.devices import device_of
from access.accounts.seen import forget_seen
from access.accounts.telling import tell_new_login
from access.errors import NotFound
from access.limits import block_of
from access.models import Login
from access.services import Origin, record_audit
from access.sessions import SessionStore
from access.sockets.identities import live_sessions

MAX_SHOWN = 50
KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Place:
    """One live login, as its owner sees it."""

    login_id: int
    device: str
    ip: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@transaction.atomic
def note_login(*, user_id: int, session_key: str, origin: Origin, now: datetime) -> None:
    """A login that has just begun. Its owner is told of a place that is new, but for the first one."""
    earlier = Login.objects.filter(user_id=user_id).values_list("ip", "user_agent").distinct()[:500]
    places = {(block_of(ip), device_of(agent)) for ip, agent in earlier}
    agent = origin.user_agent[:256]
    login, _ = Login.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user_id": user_id,
            "ip": origin.ip,
            "user_agent": agent,
            "created_at": now,
            "seen_at": now,
        },
    )
    if places and (block_of(origin.ip), device_of(agent)) not in places:
        tell_new_login(user_id, login.pk, origin.ip, device_of(agent))


def places_of(user_id: int, this_session: str) -> Sequence[Place]:
    """Where the user is logged in at this moment: this session first, then who was seen last."""
    rows = Login.objects.filter(user_id=user_id, ended_at__isnull=True).order_by("-seen_at")[:MAX_SHOWN]
    live = live_sessions([row.session_key for row in rows])
    places = [
        Place(
            row.pk,
            device_of(row.user_agent),
            row.ip,
            row.created_at,
            row.seen_at,
            row.session_key == this_session,
        )
        for row in rows
        if live.get(row.session_key) == user_id
    ]
    return sorted(places, key=lambda place: not place.is_this)


@transaction.atomic
def end_login(*, user_id: int, login_id: int, origin: Origin, now: datetime) -> None:
    """At once: requests ask for the session each time, sockets close within two seconds. Raises NotFound."""
    login = (
        Login.objects.select_for_update().filter(pk=login_id, user_id=user_id, ended_at__isnull=True).first()
    )
    if login is None:
        raise NotFound
    _end([login], now)
    record_audit(origin=origin, action="login.ended", subject=f"user:{user_id}", after={"login": login_id})


@transaction.atomic
def end_other_logins(*, user_id: int, this_session: str, origin: Origin, now: datetime) -> int:
    """All but this one. Gives how many were live."""
    rows = Login.objects.select_for_update().filter(user_id=user_id, ended_at__isnull=True)
    others = list(rows.exclude(session_key=this_session).order_by("pk"))
    live = live_sessions([row.session_key for row in others])
    _end(others, now)
    ended = sum(1 for row in others if row.session_key in live)
    record_audit(
        origin=origin, action="login.others_ended", subject=f"user:{user_id}", after={"ended": ended}
    )
    return ended


def end_all_logins(*, user_id: int, now: datetime) -> int:
    """Inside the caller's transaction. Gives how many were live."""
    rows = list(
        Login.objects.select_for_update().filter(user_id=user_id, ended_at__isnull=True).order_by("pk")
    )
    live = live_sessions([row.session_key for row in rows])
    _end(rows, now)
    return len(live)


def note_end(session_key: str, now: datetime) -> None:
    """Whoever logs out has ended his session himself."""
    Login.objects.filter(session_key=session_key).update(ended_at=now)
    forget_seen(session_key)


def forget_old_logins(now: datetime) -> int:
    return Login.objects.filter(seen_at__lt=now - KEPT).delete()[0]


def _end(logins: Sequence[Login], now: datetime) -> None:
    keys = [login.session_key for login in logins]
    SessionStore.get_model_class().objects.filter(session_key__in=keys).delete()
    Login.objects.filter(session_key__in=keys).update(ended_at=now)
