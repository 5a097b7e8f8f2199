"""What accounts know of a customer, for the operators' page of him: who he is, keys, logins, notices."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.safestring import SafeString

from access.accounts.devices import device_of
from access.audit_names import who_did, with_names
from access.cockpit import Panel, PanelSource
from access.cockpit_links import deed_url, link, list_url, minute, row_link
from access.models import (
    AccountRole,
    ApiKey,
    AuditEntry,
    EmailClaim,
    Login,
    Notice,
    SecurityChange,
    TotpDevice,
)
from access.roles import role_of
from access.second_factor import second_factor_state

SHOWN = 10


def account(user_id: int) -> Panel:
    user = User.objects.get(pk=user_id)
    claim = EmailClaim.objects.filter(pk=user_id).first()
    groups = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    kinds = [*(["superuser"] if user.is_superuser else []), *(["operator"] if user.is_staff else [])]
    facts: list[tuple[str, str | SafeString]] = [
        ("name", row_link(user, user.get_username())),
        ("number", str(user.pk)),
        ("e-mail", user.email or "none"),
        *([("e-mail to confirm", claim.email)] if claim is not None else []),
        ("since", minute(user.date_joined)),
        ("last login", minute(user.last_login)),
        ("is", "active" if user.is_active else "DISABLED"),
        *([("also", ", ".join(kinds))] if kinds else []),
        *([("groups", groups)] if groups else []),
    ]
    may = "disable" if user.is_active else "enable"
    says = "Disable the account" if user.is_active else "Let in again"
    return Panel(
        facts=facts,
        deeds=[
            (says, deed_url(AccountRole, may, account=user_id)),
            ("End all logins", deed_url(AccountRole, "end-logins", account=user_id)),
        ],
    )


def role(user_id: int) -> Panel:
    """By itself, for the deed has a permission that the operators' group has not."""
    set_role = ("Set the role", deed_url(AccountRole, "set-role", account=user_id))
    return Panel(facts=[("role", role_of(user_id))], deeds=[set_role])


def second_factor(user_id: int) -> Panel:
    state = second_factor_state(user_id=user_id, now=timezone.now())
    device = TotpDevice.objects.filter(pk=user_id).first()
    changes = SecurityChange.objects.filter(user_id=user_id).order_by("-at")[:SHOWN]
    removing = [("Remove the second factor", deed_url(TotpDevice, "remove", device))] if device else []
    return Panel(
        facts=[
            ("second factor", f"since {minute(state.since)}" if state.since else "none"),
            ("recovery codes left", str(state.recovery_codes)),
            *([("locked until", minute(state.locked_until))] if state.locked_until else []),
        ],
        head=["changed", "what"],
        rows=[[minute(one.at), one.kind] for one in changes],
        more_url=list_url(SecurityChange, q=user_id),
        deeds=removing if state.since else [],
    )


def keys(user_id: int) -> Panel:
    rows = ApiKey.objects.filter(user_id=user_id).order_by("revoked_at", "-pk")[:SHOWN]
    return Panel(
        head=["key", "label", "scopes", "networks", "last used", "state", ""],
        rows=[
            [
                row_link(one),
                one.label,
                ", ".join(one.scopes),
                ", ".join(one.allowed_networks) or "any",
                f"{minute(one.last_used_at)} {one.last_used_ip or ''}",
                _state(one),
                "" if one.revoked_at else link(deed_url(ApiKey, "revoke", one), "Revoke"),
            ]
            for one in rows
        ],
        more_url=list_url(ApiKey, q=user_id),
    )


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {minute(key.revoked_at)}"
    if key.expires_at and key.expires_at <= timezone.now():
        return f"expired {minute(key.expires_at)}"
    return "EXPOSED" if key.exposed_at else "live"


def logins(user_id: int) -> Panel:
    rows = Login.objects.filter(user_id=user_id).order_by("-created_at")[:SHOWN]
    return Panel(
        head=["since", "last seen", "from", "device", "ended"],
        rows=[
            [
                minute(one.created_at),
                minute(one.seen_at),
                one.ip,
                device_of(one.user_agent),
                minute(one.ended_at) if one.ended_at else "still in",
            ]
            for one in rows
        ],
        more_url=list_url(Login, q=user_id),
    )


def notices(user_id: int) -> Panel:
    rows = Notice.objects.filter(user_id=user_id).order_by("-pk")[:SHOWN]
    return Panel(
        head=["told", "kind", "text", "read"],
        rows=[[minute(one.created_at), one.kind, one.text, minute(one.read_at)] for one in rows],
        more_url=list_url(Notice, q=user_id),
    )


def audit(user_id: int) -> Panel:
    """About him, then by him: two ranges of two indexes."""
    entries = with_names(AuditEntry.objects.order_by("-pk"))
    about = entries.filter(subject=f"user:{user_id}")[:SHOWN]
    by = entries.filter(user_id=user_id)[:SHOWN]
    found = {one.pk: one for one in (*about, *by)}
    rows = sorted(found.values(), key=lambda one: -one.pk)
    return Panel(
        head=["at", "who", "what", "subject", "why"],
        rows=[_entry(one, user_id) for one in rows],
        more_url=list_url(AuditEntry, q=f"user:{user_id}"),
    )


def _entry(one: AuditEntry, user_id: int) -> Sequence[str | SafeString]:
    who = "himself" if one.user_id == user_id else who_did(one)
    why = str((one.after or {}).get("reason", ""))[:120]
    return [row_link(one, minute(one.at)), who, one.action, one.subject, why]


PANELS = (PanelSource("account", "Account", "auth.view_user", account),)
MORE_PANELS = (
    PanelSource("keys", "API keys", "access.view_apikey", keys),
    PanelSource("logins", "Logins", "access.view_login", logins),
    PanelSource("second_factor", "Second factor", "access.view_totpdevice", second_factor),
    PanelSource("notices", "Notices", "access.view_notice", notices),
    PanelSource("role", "Role", "access.set_account_role", role),
    PanelSource("audit", "Audit trail", "access.view_auditentry", audit),
)
