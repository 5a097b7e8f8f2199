"""What can be changed: API keys, and the audit trail, to which one can only add."""

import ipaddress
import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.audit import GENESIS, entry_hash
from access.encryption import encrypt
from access.errors import NotFound
from access.http import ApiRequest, Scope
from access.key_epoch import change_key_epoch
from access.key_errors import InvalidNetwork, TooManyKeys, WithdrawScopeNeedsNetworks
from access.models import ApiKey, AuditEntry
from access.signing import KeyKind, read_public_key
from logs.context import current_request_id

MAX_KEYS_OF_USER = 20
MAX_NETWORKS = 20
AUDIT_LOCK = 0x_BA_11_A5_7A  # any number that no other advisory lock of the product uses

# Off this machine goes what its lines go to: each entry is one, once it is committed.
_trail = logging.getLogger("access.audit")

Facts = Mapping[str, str | int | bool | list[str] | None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something and where it came from. All empty: the system itself."""

    user_id: int | None = None
    key_id: int | None = None
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""


def origin_of(request: ApiRequest) -> Origin:
    caller = request.caller
    return Origin(
        caller.user_id or None,
        caller.key_id or None,
        caller.ip,
        request.headers.get("user-agent", "")[:256],
        request.request_id,
    )


@dataclass(frozen=True, slots=True)
class NewKey:
    """`secret` is shown now and never again; "" for a key whose private part we never saw."""

    key: ApiKey
    secret: str


@transaction.atomic
def create_api_key(
    *,
    user_id: int,
    label: str,
    kind: KeyKind,
    scopes: Iterable[Scope],
    origin: Origin,
    public_key: str = "",
    allowed_networks: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> NewKey:
    """Refuses a withdraw scope without networks, a malformed public key, and more keys than one may have."""
    networks = _networks(allowed_networks)
    granted = sorted(set(scopes))
    if Scope.WITHDRAW in granted and not networks:
        raise WithdrawScopeNeedsNetworks(field="allowed_networks")
    if kind is KeyKind.ED25519:
        read_public_key(public_key)
    get_user_model().objects.select_for_update().get(pk=user_id)  # two requests count one after the other
    if ApiKey.objects.filter(user_id=user_id, revoked_at__isnull=True).count() >= MAX_KEYS_OF_USER:
        raise TooManyKeys

    public_id = f"bk_{secrets.token_hex(16)}"
    secret = secrets.token_urlsafe(32) if kind is KeyKind.HMAC else ""
    key = ApiKey.objects.create(
        user_id=user_id,
        label=label,
        public_id=public_id,
        kind=kind,
        encrypted_secret=encrypt(secret, owner=public_id) if secret else b"",
        public_key=public_key if kind is KeyKind.ED25519 else "",
        scopes=granted,
        allowed_networks=networks,
        expires_at=expires_at,
    )
    record_audit(origin=origin, action="api_key.created", subject=f"api_key:{key.pk}", after=_facts(key))
    return NewKey(key, secret)


def _networks(texts: Iterable[str]) -> list[str]:
    try:
        networks = sorted({str(ipaddress.ip_network(text)) for text in texts})
    except ValueError:
        raise InvalidNetwork(field="allowed_networks") from None
    if len(networks) > MAX_NETWORKS:
        raise InvalidNetwork("Too many networks.", field="allowed_networks")
    return networks


def _facts(key: ApiKey) -> Facts:
    return {
        "public_id": key.public_id,
        "label": key.label,
        "kind": key.kind,
        "scopes": [str(scope) for scope in key.scopes],
        "allowed_networks": key.allowed_networks,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


@transaction.atomic
def revoke_api_key(*, user_id: int, key_id: int, origin: Origin, reason: str = "") -> None:
    """Works at once: the epoch changes with the commit, and each request asks for the epoch."""
    revoked = ApiKey.objects.filter(pk=key_id, user_id=user_id, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if revoked != 1:
        raise NotFound
    record_audit(
        origin=origin,
        action="api_key.revoked",
        subject=f"api_key:{key_id}",
        before={"revoked": False},
        after={"revoked": True, **({"reason": reason} if reason else {})},
    )
    transaction.on_commit(change_key_epoch)


@transaction.atomic
def flag_exposed_key(*, public_id: str, origin: Origin) -> bool:
    """Note, once, that a key stood in a URL and so in somebody's log. True when it was news."""
    now = timezone.now()
    flagged = ApiKey.objects.filter(public_id=public_id, exposed_at__isnull=True).update(exposed_at=now)
    if flagged:
        record_audit(origin=origin, action="api_key.exposed", subject=f"api_key:{public_id}")
    return flagged == 1


def note_key_use(*, key_id: int, ip: str, since: datetime) -> None:
    """Written only when nothing newer than `since` stands there."""
    unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=since)
    ApiKey.objects.filter(unused, pk=key_id).update(last_used_at=timezone.now(), last_used_ip=ip or None)


def hold_audit_trail() -> None:
    """Nobody else adds to it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])


@transaction.atomic
def record_audit(
    *, origin: Origin, action: str, subject: str, before: Facts | None = None, after: Facts | None = None
) -> AuditEntry:
    """Append to the chain inside the caller's transaction, which then holds the chain until it ends.

    So it is for rare, important acts, never for orders.
    """
    hold_audit_trail()
    last = AuditEntry.objects.order_by("-pk").first()
    entry = AuditEntry(
        at=timezone.now(),
        user_id=origin.user_id,
        key_id=origin.key_id,
        action=action,
        subject=subject,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        ip=origin.ip,
        user_agent=origin.user_agent,
        request_id=origin.request_id or current_request_id(),
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    transaction.on_commit(partial(_ship, entry), robust=True)
    return entry


def _ship(entry: AuditEntry) -> None:
    """All that the hash covers, so that who keeps the lines can prove the trail."""
    columns = (field.attname for field in AuditEntry._meta.concrete_fields if field.attname != "at")
    facts = {name: getattr(entry, name) for name in columns}
    facts["at"] = entry.at.isoformat(timespec="microseconds")
    _trail.info("%s %s", entry.action, entry.subject, extra={"audit": facts})
