"""Streams of domain events: what became of one thing, with the next version, in the caller's transaction.

Two who change the same thing from the same version cannot both commit: the second meets the first's row.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from access.together import Together
from ledger.columns import integers, texts
from ledger.models import DomainEvent

Json = Mapping[str, object]
MAX_EVENTS = 500

_APPEND = """
INSERT INTO ledger_domainevent (stream, version, name, data)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::jsonb[])"""


class NewEvent(NamedTuple):
    """`version` is one more than the stream's last; the first is 1. `data` is plain JSON."""

    stream: str
    version: int
    name: str
    data: Json


def append_events(events: Sequence[NewEvent]) -> None:
    """In one statement. A version that is there already is an IntegrityError: somebody was faster."""
    if events:
        statements = Together()
        add_events(statements, events)
        statements.send()


def add_events(statements: Together, events: Sequence[NewEvent]) -> None:
    """`append_events` along with other statements. At least one."""
    assert all(event.version > 0 and event.stream and event.name for event in events)
    streams, versions, names, data = zip(*events, strict=True)
    contents = texts(json.dumps(dict(one)) for one in data)
    statements.execute(_APPEND, [texts(streams), integers(versions), texts(names), contents])


def events_of(stream: str, *, after: int = 0, limit: int = 100) -> list[DomainEvent]:
    """Oldest first, of later versions than `after`; at most MAX_EVENTS."""
    rows = DomainEvent.objects.filter(stream=stream, version__gt=after).order_by("version")
    return list(rows[: min(limit, MAX_EVENTS)])


def last_version(stream: str) -> int:
    """0 where there is none."""
    row = DomainEvent.objects.filter(stream=stream).order_by("-version").first()
    return row.version if row else 0
