"""All that must always be true, as health verifies it: the identities of the books, and the audit trail."""

from collections.abc import Callable

from access.selectors import AuditVerdict, verify_audit
from health.registry import Invariant, Violations
from ledger.selectors import Check, examine, identity_checks

AUDIT_RECENT = 5_000


def all_invariants() -> tuple[Invariant, ...]:
    audit = Invariant(
        "audit_trail_is_whole",
        "Every entry of the audit trail has the hash of its content and of the entry before",
        whole=lambda: _audit_violations(verify_audit()),
        recent=lambda: _audit_violations(verify_audit(latest=AUDIT_RECENT)),
    )
    return (*(_identity(check) for check in identity_checks()), audit)


def _identity(check: Check) -> Invariant:
    return Invariant(
        check.name,
        check.meaning,
        whole=_looking(check, check.offenders),
        recent=_looking(check, check.recent) if check.recent else None,
    )


def _looking(check: Check, offenders: str) -> Callable[[], Violations]:
    def look() -> Violations:
        finding = examine(check, offenders)
        return Violations(finding.violations, finding.offenders)

    return look


def _audit_violations(verdict: AuditVerdict) -> Violations:
    if verdict.broken_at is None:
        return Violations(0)
    return Violations(1, [{"entry": verdict.broken_at, "good_before": verdict.entries}])
