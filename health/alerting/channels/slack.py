"""Alerts by an incoming webhook of Slack: a line, and an attachment with a colour for each alert."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from health.alerting.channels.posting import post
from health.alerting.channels.shape import Outcome
from health.alerting.messages import Item, compose, head, when

MAX_TEXT = 2_000
_COLOURS = {"page": "#c0392b", "warn": "#d68910"}
_OVER = "#1e8449"


@dataclass(frozen=True, slots=True)
class SlackChannel:
    url: str = field(repr=False)
    name: str = "slack"
    pages_alone: bool = False

    def send(self, house: str, items: Sequence[Item]) -> Outcome:
        message = compose(house, items)
        text = "\n".join(part for part in (f"{message.house}: {message.title}", message.rest) if part)
        answer = post(
            self.url, {"text": plain(text), "attachments": [_attachment(one) for one in message.items]}
        )
        if answer.error:
            return Outcome(0, answer.error, answer.is_permanent, answer.wait_s)
        return Outcome(len(items))


def _attachment(one: Item) -> dict[str, object]:
    lines = [one.summary] if one.is_over else [one.summary, f"At stake: {one.stake}"]
    return {
        "color": _OVER if one.is_over else _COLOURS.get(one.severity, _COLOURS["warn"]),
        "fallback": plain(f"{head(one)}: {one.summary}"),
        "title": plain(head(one)),
        "text": plain("\n".join([*lines, f"Runbook: {one.runbook}"]))[:MAX_TEXT],
        "footer": when(one),
        "ts": int(one.began_at.timestamp()),
    }


def plain(text: str) -> str:
    """What Slack would take for a link, or for a call to everybody in the room, is text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
