"""Which backups are kept: the newest of each hour, day and month, so many of each. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

_SPANS: dict[str, Callable[[datetime], str]] = {
    "hourly": lambda moment: moment.strftime("%Y-%m-%dT%H"),
    "daily": lambda moment: moment.strftime("%Y-%m-%d"),
    "monthly": lambda moment: moment.strftime("%Y-%m"),
}


def kept(moments: Sequence[datetime], keep: Mapping[str, int]) -> set[datetime]:
    """Of good backups, in UTC. The newest is always among them, whatever is asked for."""
    newest_first = sorted(moments, reverse=True)
    found = set(newest_first[:1])
    for name, span_of in _SPANS.items():
        newest_of: dict[str, datetime] = {}
        for moment in newest_first:
            newest_of.setdefault(span_of(moment), moment)
        found.update(list(newest_of.values())[: max(keep.get(name, 0), 0)])
    return found
