"""Who speaks on a socket, how it is proved, and whether it still holds. A cookie proves nothing here.

A signature is checked by the front door's own gate, as that of a GET of the socket's path without a body.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from access import signing
from access.admission import SESSION_SCOPES, Gate
from access.http import ApiRequest, Caller, Operation
from access.key_errors import InvalidKey, IpNotAllowed
from access.messages import Head
from access.selectors import find_key, find_live_key_ids, public_id_of
from access.sessions import SessionStore
from access.sockets.errors import InvalidTicket
from access.sockets.tickets import Bearer, issue_ticket, redeem_ticket
from access.threads import in_admission_thread, in_thread

_SIGNED = Operation(None, False, None, None, 0, 1)


@dataclass(frozen=True, slots=True)
class Identity:
    """`session` is the key of the session that stands behind it; "" for an API key."""

    caller: Caller
    session: str


async def by_signature(gate: Gate, head: Head, values: Mapping[str, Any]) -> Identity:
    """Raises as the API does to an order, for the same reasons."""
    headers = {
        signing.KEY_HEADER: values["key"],
        signing.TIMESTAMP_HEADER: str(values["timestamp"]),
        signing.NONCE_HEADER: values["nonce"],
        signing.SIGNATURE_HEADER: values["signature"],
    }
    if values["recv_window"] is not None:
        headers[signing.WINDOW_HEADER] = str(values["recv_window"])
    signed = Head("GET", head.path, head.path, b"", headers, head.ip, head.scheme)
    admission = await gate.admit_connection(signed, _SIGNED)
    return Identity(admission.caller, "")


async def ticket_for(request: ApiRequest) -> str:
    """For the caller of a request that was admitted. Raises ServiceUnavailable."""
    caller = request.caller
    if caller.is_session:
        return await issue_ticket(Bearer(caller.user_id, session=_session_of(request.headers)))
    public_id = await in_thread(public_id_of, caller.key_id)
    return await issue_ticket(Bearer(caller.user_id, public_id=public_id))


def _session_of(headers: Mapping[str, str]) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        found = None
    if found is None:
        raise InvalidKey
    return found.value


async def by_ticket(ip: str, ticket: str) -> Identity:
    """Raises InvalidTicket, IpNotAllowed, ServiceUnavailable."""
    bearer = await redeem_ticket(ticket)
    return await in_admission_thread(_identity, bearer, ip)


def _identity(bearer: Bearer, ip: str) -> Identity:
    if bearer.session:
        if live_sessions([bearer.session]).get(bearer.session) != bearer.user_id:
            raise InvalidTicket(field="ticket")
        return Identity(Caller(bearer.user_id, 0, SESSION_SCOPES, ip), bearer.session)
    record = find_key(bearer.public_id)
    if record is None or (record.expires_at is not None and record.expires_at <= timezone.now()):
        raise InvalidTicket(field="ticket")
    if not record.allows(ip):
        raise IpNotAllowed
    return Identity(Caller(record.user_id, record.key_id, record.scopes, ip), "")


def still_valid(identities: Collection[Identity]) -> set[Identity]:
    """Blocks. Those whose key is live, or whose session is logged in, at this moment."""
    keys = find_live_key_ids({identity.caller.key_id for identity in identities if not identity.session})
    sessions = live_sessions({identity.session for identity in identities if identity.session})
    return {
        identity
        for identity in identities
        if (
            sessions.get(identity.session) == identity.caller.user_id
            if identity.session
            else identity.caller.key_id in keys
        )
    }


def live_sessions(keys: Collection[str]) -> dict[str, int]:
    """Who is logged in by each of these sessions. A changed password and a disabled user end a login."""
    if not keys:
        return {}
    rows = SessionStore.get_model_class().objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    contents: dict[str, dict[str, Any]] = {row.session_key: row.get_decoded() for row in rows}
    user_ids = {str(content[SESSION_KEY]) for content in contents.values() if SESSION_KEY in content}
    users = {str(user.pk): user for user in get_user_model().objects.filter(pk__in=user_ids, is_active=True)}
    live: dict[str, int] = {}
    for key, content in contents.items():
        user = users.get(str(content.get(SESSION_KEY)))
        if user is not None and _is_of(user, str(content.get(HASH_SESSION_KEY, ""))):
            live[key] = int(user.pk)
    return live


def _is_of(user: Any, session_hash: str) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, one) for one in hashes)
