"""Alerts by a webhook of Discord: a line, and an embed with a colour for each of the first alerts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from health.alerting.channels.posting import post
from health.alerting.channels.shape import Outcome
from health.alerting.messages import Item, compose, head, when

MAX_EMBEDS, MAX_TITLE, MAX_TEXT, MAX_CONTENT = 10, 256, 400, 2_000  # of all embeds together 6,000
_COLOURS = {"page": 0xC0392B, "warn": 0xD68910}
_OVER = 0x1E8449


@dataclass(frozen=True, slots=True)
class DiscordChannel:
    url: str = field(repr=False)
    name: str = "discord"
    pages_alone: bool = False

    def send(self, house: str, items: Sequence[Item]) -> Outcome:
        message = compose(house, items)
        lines = [f"**{message.house}**: {message.title}"]
        lines += [f"{head(one)}: {one.summary}" for one in message.items[MAX_EMBEDS:]]
        content = {
            "username": "Ballast",
            "content": "\n".join([*lines, message.rest])[:MAX_CONTENT],
            "embeds": [_embed(one) for one in message.items[:MAX_EMBEDS]],
            "allowed_mentions": {"parse": []},
        }
        answer = post(self.url, content)
        if answer.error:
            return Outcome(0, answer.error, answer.is_permanent, answer.wait_s)
        return Outcome(len(items))


def _embed(one: Item) -> dict[str, object]:
    lines = [one.summary] if one.is_over else [one.summary, f"At stake: {one.stake}"]
    words = "\n".join(lines)[: MAX_TEXT - len(one.runbook) - 10]
    return {
        "title": head(one)[:MAX_TITLE],
        "description": f"{words}\nRunbook: {one.runbook}"[:MAX_TEXT],
        "color": _OVER if one.is_over else _COLOURS.get(one.severity, _COLOURS["warn"]),
        "footer": {"text": when(one)},
    }
