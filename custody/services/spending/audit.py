"""What people should be able to read later of a spend: the rare things, in the audit trail."""

from collections.abc import Mapping

from access.services import Origin, record_audit


def note(spend_id: int, origin: Origin, what: str, facts: Mapping[str, str]) -> None:
    """Append to the trail inside the caller's transaction."""
    record_audit(
        origin=origin, action=f"custody.spend_{what}", subject=f"custody:spend:{spend_id}", after=dict(facts)
    )
