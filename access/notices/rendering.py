"""How a notice is shown: the same to its user, to his webhooks and to his sockets."""

from collections.abc import Mapping
from datetime import datetime

from access.models import Notice


def render(
    number: int, kind: str, text: str, data: Mapping[str, object], created_ms: int
) -> dict[str, object]:
    return {
        "notice_id": str(number),
        "kind": kind,
        "text": text,
        "data": dict(data),
        "created_at_ms": created_ms,
    }


def shown(notice: Notice) -> dict[str, object]:
    return render(notice.pk, notice.kind, notice.text, notice.data, milliseconds(notice.created_at))


def event_of(notice: Notice) -> dict[str, object]:
    """A webhook's body, the same bytes at each attempt."""
    return {"type": notice.kind, "timestamp": notice.created_at.isoformat(), "data": shown(notice)}


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
