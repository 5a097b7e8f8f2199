"""What operators find of people: by name, number or e-mail, by an API key, and audit entries by request."""

from collections.abc import Sequence

from django.contrib.auth.models import User

from access.audit_names import who_did, with_names
from access.cockpit import MOST_FOUND, Found, SearchSource
from access.cockpit_links import can_name, customer_url, row_url
from access.models import ApiKey, AuditEntry, EmailClaim
from access.read_only import is_number

LONGEST_NAME, LONGEST_KEY, LONGEST_REQUEST, LONGEST_SUBJECT = 254, 40, 64, 128


def people(term: str) -> Sequence[Found]:
    """A name or address in whatever case, and an address that is not confirmed yet."""
    name = term.removeprefix("user:")
    if not can_name(name, LONGEST_NAME):
        return []
    rows = User.objects.all()
    found = list(rows.filter(pk=int(name))) if is_number(name) else []
    if "@" in name:
        found += rows.filter(email__iexact=name).order_by("pk")[:MOST_FOUND]
        claims = EmailClaim.objects.filter(email=name.lower()).select_related("user")[:MOST_FOUND]
        found += [claim.user for claim in claims]
    else:
        found += rows.filter(username__iexact=name).order_by("pk")[:MOST_FOUND]
    unique = {user.pk: user for user in found}
    return [_person(user) for user in unique.values()][:MOST_FOUND]


def _person(user: User) -> Found:
    parts = [f"number {user.pk}", user.email or "no e-mail", f"since {user.date_joined:%Y-%m-%d}"]
    parts += [] if user.is_active else ["DISABLED"]
    parts += ["operator"] if user.is_staff else []
    return Found("customer", user.get_username(), " · ".join(parts), customer_url(user.pk))


def keys(term: str) -> Sequence[Found]:
    if not can_name(term, LONGEST_KEY):
        return []
    rows = ApiKey.objects.filter(public_id=term).select_related("user")
    return [
        Found(
            "API key",
            f"{row.public_id} of {row.user}",
            f"{', '.join(row.scopes)} · " + ("REVOKED" if row.revoked_at else "live"),
            row_url(row),
        )
        for row in rows
    ]


def audit(term: str) -> Sequence[Found]:
    """By the id of the request that did it, by subject (withdrawal:ID), or by an entry's number."""
    if not can_name(term, LONGEST_SUBJECT):
        return []
    rows = with_names(AuditEntry.objects.order_by("-pk"))
    found = list(rows.filter(pk=int(term))) if is_number(term) else []
    if len(term) <= LONGEST_REQUEST:
        found += rows.filter(request_id=term).exclude(request_id="")[:MOST_FOUND]
    if ":" in term:
        found += rows.filter(subject=term)[:MOST_FOUND]
    return [
        Found(
            "audit entry",
            f"{row.action} {row.subject}",
            f"{row.at:%Y-%m-%d %H:%M:%S} · {who_did(row)}",
            row_url(row),
        )
        for row in found[:MOST_FOUND]
    ]


SEARCH = (
    SearchSource("people", "auth.view_user", people),
    SearchSource("keys", "access.view_apikey", keys),
    SearchSource("audit", "access.view_auditentry", audit),
)
