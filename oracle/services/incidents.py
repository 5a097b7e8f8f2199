"""How incidents begin and end, each with an audit entry. Whoever calls has locked the current price."""

from access.services import Facts, Origin, record_audit
from ledger.money import format_atoms
from oracle.models import Incident, IncidentKind
from oracle.rules.incidents import Begun
from oracle.rules.quotes import PRICE_DECIMALS

HOUSE = Origin()
MAX_REASON = 300
_BEGINNINGS = {
    IncidentKind.HALT: "oracle.halted",
    IncidentKind.LIQUIDATIONS_PAUSED: "oracle.liquidations_paused",
    IncidentKind.MINTING_PAUSED: "oracle.minting_paused",
}


def subject_of(incident: Incident) -> str:
    return f"oracle:{incident.kind}:{incident.pk}"


def begin_incident(begun: Begun, *, origin: Origin = HOUSE) -> Incident:
    kind = IncidentKind(begun.kind)
    incident = Incident.objects.create(
        kind=kind,
        began_ms=begun.began_ms,
        until_ms=begun.until_ms,
        reason=begun.reason[:MAX_REASON],
        from_e8=begun.from_e8,
        to_e8=begun.to_e8,
        move_ppm=begun.move_ppm,
        needs_two=begun.needs_two,
    )
    record_audit(
        origin=origin, action=_BEGINNINGS[kind], subject=subject_of(incident), after=_facts(incident)
    )
    return incident


def prolong_incident(incident: Incident, *, until_ms: int) -> None:
    """Not written down: while the price moves each round would be an entry."""
    incident.until_ms = until_ms
    incident.save(update_fields=["until_ms"])


def end_incident(
    incident: Incident, *, ended_ms: int, ended_by: str = "", reason: str = "", origin: Origin = HOUSE
) -> None:
    """`ended_by` is "" where it ends by itself."""
    incident.ended_ms = max(ended_ms, incident.began_ms)
    incident.ended_by = ended_by[:100]
    incident.save(update_fields=["ended_ms", "ended_by"])
    record_audit(
        origin=origin,
        action="oracle.resumed" if incident.kind == IncidentKind.HALT else "oracle.pause_ended",
        subject=subject_of(incident),
        before=_facts(incident),
        after={"reason": reason or "its time was over"},
    )


def _facts(incident: Incident) -> Facts:
    return {
        "reason": incident.reason,
        "from": _price(incident.from_e8),
        "to": _price(incident.to_e8),
        "move_ppm": incident.move_ppm,
        "until_ms": incident.until_ms,
        "needs_two": incident.needs_two,
    }


def _price(price_e8: int | None) -> str | None:
    return None if price_e8 is None else format_atoms(price_e8, PRICE_DECIMALS)
