"""That every deed stands in the audit trail: where its service enters nothing, the deed itself is entered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from access.models import AuditEntry
from access.services import Origin, record_audit


@contextmanager
def in_the_trail(
    *, page: str, deed: str, subjects: Sequence[object], origin: Origin, reason: str
) -> Iterator[None]:
    """Round the deed, in its transaction."""
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    if AuditEntry.objects.filter(pk__gt=newest, user_id=origin.user_id).exists():
        return
    rows = ",".join(map(str, subjects))
    record_audit(
        origin=origin,
        action="deed.done",
        subject=f"{page}:{rows}"[:128],
        after={"deed": deed, "reason": reason},
    )
