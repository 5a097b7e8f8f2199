"""What can be asked about keys and the audit trail."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.audit import GENESIS, entry_hash
from access.encryption import decrypt
from access.models import ApiKey, AuditEntry
from access.signing import KeyKind, check_ed25519, check_hmac, read_public_key

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A live key as the front door needs it: decrypted, parsed, independent of the database."""

    key_id: int
    public_id: str
    user_id: int
    verifier: str | Ed25519PublicKey
    scopes: frozenset[str]
    networks: Sequence[Network]
    expires_at: datetime | None

    def check(self, message: bytes, signature: str) -> None:
        """The key's own kind decides the algorithm."""
        if isinstance(self.verifier, str):
            check_hmac(self.verifier, message, signature)
        else:
            check_ed25519(self.verifier, message, signature)

    def allows(self, ip: str) -> bool:
        if not self.networks:
            return True
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.networks)


def find_key(public_id: str) -> KeyRecord | None:
    """The key, unless it is unknown, revoked or its user is disabled. Expiry is for the caller's clock."""
    row = ApiKey.objects.filter(public_id=public_id, revoked_at__isnull=True, user__is_active=True).first()
    if row is None:
        return None
    verifier = (
        decrypt(bytes(row.encrypted_secret), owner=row.public_id)
        if row.kind == KeyKind.HMAC
        else read_public_key(row.public_key)
    )
    networks = [ipaddress.ip_network(network) for network in row.allowed_networks]
    return KeyRecord(
        row.pk, row.public_id, row.user_id, verifier, frozenset(row.scopes), networks, row.expires_at
    )


def find_live_key_ids(key_ids: Collection[int]) -> set[int]:
    """Those of the keys that may still be used at this moment."""
    if not key_ids:
        return set()
    expired = Q(expires_at__isnull=False, expires_at__lte=timezone.now())
    live = ApiKey.objects.filter(pk__in=key_ids, revoked_at__isnull=True, user__is_active=True)
    return set(live.exclude(expired).values_list("pk", flat=True))


def public_id_of(key_id: int) -> str:
    return ApiKey.objects.values_list("public_id", flat=True).get(pk=key_id)


def live_keys(user_id: int) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(user_id=user_id, revoked_at__isnull=True).order_by("-pk")


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """`broken_at` is the id of the first entry that does not fit, or None. `head` is worth keeping elsewhere:
    a chain that was cut at its end shows only against an earlier head."""

    entries: int
    head: str
    broken_at: int | None


def verify_audit(*, latest: int | None = None) -> AuditVerdict:
    """Walk the whole chain, or its `latest` entries, and compute every hash again."""
    entries = AuditEntry.objects.order_by("pk")
    head, count = GENESIS, 0
    if latest is not None:
        before = AuditEntry.objects.order_by("-pk")[latest : latest + 1].first()
        if before is not None:
            head, entries = before.hash, entries.filter(pk__gt=before.pk)
    for entry in entries.iterator(chunk_size=1_000):
        if entry.previous_hash != head or entry.hash != entry_hash(entry):
            return AuditVerdict(count, head, entry.pk)
        head, count = entry.hash, count + 1
    return AuditVerdict(count, head, None)


def audit_has(head: str) -> bool:
    """True while the entry that was once the last is still there."""
    return head == GENESIS or AuditEntry.objects.filter(hash=head).exists()
