"""What is said of alerts, in words: one message of many of them. Pure; how a service wants it, its channel
knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MOST_WHOLE = 20  # of so many everything is said; of the rest the name


@dataclass(frozen=True, slots=True)
class Item:
    """One alert in a message. `kind` is FIRED, REMINDER, RESOLVED, or TEST."""

    kind: str
    name: str
    severity: str
    summary: str
    stake: str
    runbook: str
    key: str
    labels: tuple[tuple[str, str], ...]
    began_at: datetime
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.kind == "RESOLVED"


@dataclass(frozen=True, slots=True)
class Message:
    """`items` in the order in which they are to be read; `more` are those of which only the name is said."""

    house: str
    items: tuple[Item, ...]
    more: tuple[Item, ...] = ()

    @property
    def title(self) -> str:
        """Short enough for a subject."""
        every = (*self.items, *self.more)
        over = sum(one.is_over for one in every)
        counts = [f"{len(every) - over} firing"] if over < len(every) else []
        counts += [f"{over} resolved"] if over else []
        names = list(dict.fromkeys(one.name for one in every))
        named = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        return f"{', '.join(counts)}: {named}"

    @property
    def rest(self) -> str:
        """What is said of those that are not said whole."""
        if not self.more:
            return ""
        names = list(dict.fromkeys(one.name for one in self.more))
        listed = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
        return f"And {len(self.more)} more: {listed}. All of them stand in the admin under Alert episodes."


def compose(house: str, items: Sequence[Item]) -> Message:
    """What is over and was told as firing in the same breath stands once. Pages first, then what is over."""
    over = {one.key for one in items if one.is_over}
    firing = {one.key: one for one in items if not one.is_over and one.key not in over}
    ended = {one.key: one for one in items if one.is_over}
    ranked = sorted(firing.values(), key=lambda one: (one.severity != "page", one.began_at))
    whole = (*ranked, *ended.values())
    return Message(house, whole[:MOST_WHOLE], whole[MOST_WHOLE:])


def head(one: Item) -> str:
    word = {"FIRED": one.severity, "REMINDER": f"still, {one.severity}"}.get(one.kind, one.kind)
    return f"[{word.upper()}] {one.name}"


def when(one: Item) -> str:
    if one.ended_at is None:
        return f"since {_moment(one.began_at)}"
    return f"{_moment(one.began_at)} to {_moment(one.ended_at)}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def text_of(message: Message) -> str:
    """The whole message as plain text."""
    parts = [f"Ballast, {message.house}"]
    for one in message.items:
        lines = [head(one), one.summary]
        lines += [] if one.is_over else [f"At stake: {one.stake}"]
        lines += [when(one), f"Runbook: {one.runbook}"]
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, *([message.rest] if message.rest else [])]) + "\n"
