"""One suite for every channel: what it sends, how it takes what goes wrong, and that it keeps its secret."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from health.alerting.channels.configured import channels
from health.alerting.channels.shape import Channel
from health.alerting.messages import Item
from tests.access.notices.receivers import Receiver, says, silence, status
from tests.access.notices.test_mails import Sink
from tests.alerting.conftest import Told, bodies
from tests.alerting.scenes import START

NAMES = ("email", "slack", "discord", "pagerduty")
OVER_HTTP = NAMES[1:]


def item(kind: str = "FIRED", name: str = "Burns", number: int = 0, severity: str = "page") -> Item:
    return Item(
        kind=kind,
        name=name,
        severity=severity,
        summary=f"shard {number} burns <!channel> & @everyone",
        stake="The house.",
        runbook=f"https://example.com/runbook#{name.lower()}",
        key=f"{name}-{number}",
        labels=(("shard", str(number)),),
        began_at=START,
        ended_at=START + timedelta(minutes=5) if kind == "RESOLVED" else None,
    )


@dataclass
class Other:
    """The far end of a channel."""

    channel: Channel
    texts: Callable[[], list[str]]
    says: Callable[[int], None] = field(default=lambda code: None)


@pytest.fixture(params=NAMES)
def other(request: pytest.FixtureRequest, told: Told) -> Other:
    end = request.getfixturevalue("mails" if request.param == "email" else request.param)
    (channel,) = channels()
    assert channel.name == request.param
    if isinstance(end, Sink):
        return Other(channel, lambda: [_letter(one) for one in end.letters], lambda code: _refuse(end, code))
    return Other(
        channel,
        lambda: [one.body.decode() for one in end.heard],
        lambda code: setattr(end, "answer", status(code)),
    )


def _letter(data: bytes) -> str:
    mail = message_from_bytes(data, policy=default)
    return f"{mail['subject']}\n{mail.get_content()}"


def _refuse(end: Sink, code: int) -> None:
    end.says["DATA"] = f"{code} no"


def test_it_sends_what_it_is_and_where_to_read_on(other: Other) -> None:
    outcome = other.channel.send("https://ballast.example.com", [item()])
    assert (outcome.taken, outcome.error) == (1, "")
    (text,) = other.texts()
    for words in ("Burns", "shard 0 burns", "The house.", "runbook#burns", "ballast.example.com"):
        assert words in text


def test_many_go_in_as_few_as_it_takes(other: Other) -> None:
    outcome = other.channel.send("x", [item(number=number) for number in range(40)])
    assert outcome.error == ""
    if other.channel.name == "pagerduty":
        assert len(other.texts()) == outcome.taken
    else:
        assert (outcome.taken, len(other.texts())) == (40, 1)
        assert "40 firing" in other.texts()[0]


def test_what_has_ended_is_told_as_ended(other: Other) -> None:
    other.channel.send("x", [item(), item("RESOLVED")])
    text = other.texts()[-1]
    assert "resolve" in text.lower()
    assert "At stake" not in text


@pytest.mark.parametrize("code", [500, 503, 429])
def test_what_may_pass_is_worth_a_repeat(other: Other, code: int) -> None:
    other.says(451 if other.channel.name == "email" else code)
    outcome = other.channel.send("x", [item()])
    assert (outcome.taken, outcome.is_permanent) == (0, False)
    assert outcome.error in (f"HTTP {code}", "SMTP 451")


def test_it_keeps_its_secret_whatever_happens(other: Other, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    other.says(451 if other.channel.name == "email" else 500)
    outcome = other.channel.send("x", [item()])
    for told in (repr(other.channel), repr(outcome), caplog.text):
        assert "secret" not in told
        assert "0123456789abcdef" not in told


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_refusal_of_this_very_message_is_for_good(name: str, request: pytest.FixtureRequest) -> None:
    end: Receiver = request.getfixturevalue(name)
    end.answer = status(400)
    (channel,) = channels()
    assert channel.send("x", [item()]).is_permanent
    end.answer = status(404)  # a webhook that was deleted may be made anew
    assert not channel.send("x", [item()]).is_permanent


@pytest.mark.parametrize("name", OVER_HTTP)
def test_it_waits_for_as_long_as_it_is_told_to(name: str, request: pytest.FixtureRequest) -> None:
    end: Receiver = request.getfixturevalue(name)
    (channel,) = channels()
    for header, seconds in (("37", 37), ("0.4", 0), ("999999", 600), ("soon", 0), ("-5", 0)):
        end.answer = status(429, f"Retry-After: {header}")
        assert channel.send("x", [item()]).wait_s == seconds


@pytest.mark.parametrize("name", OVER_HTTP)
def test_nobody_there_is_an_outcome(name: str, request: pytest.FixtureRequest, settings: Settings) -> None:
    request.getfixturevalue(name)
    settings.ALERT_SECRETS[f"{name}_url"] = "http://127.0.0.1:1/secret"
    (channel,) = channels()
    assert channel.send("x", [item()]).error == "NOT_CONNECTED"


@pytest.mark.parametrize(
    "answer", [says(b"SSH-2.0-OpenSSH_9\r\n"), says(b""), says(b"HTTP/1.1 200 OK\r\nContent-Length: 1")]
)
def test_what_is_no_answer_is_an_outcome(slack: Receiver, answer: Any) -> None:
    slack.answer = answer
    (channel,) = channels()
    assert channel.send("x", [item()]).error == "CONNECTION_LOST"


@pytest.mark.long
def test_who_never_answers_is_left(slack: Receiver) -> None:
    slack.answer = silence
    (channel,) = channels()
    assert channel.send("x", [item()]).error == "TIMEOUT"


def test_a_redirect_is_not_followed(slack: Receiver) -> None:
    slack.answer = status(302, f"Location: http://127.0.0.1:{slack.port}/elsewhere")
    (channel,) = channels()
    assert channel.send("x", [item()]).error == "HTTP 302"
    assert slack.connections == 1


def test_slack_is_sent_text_that_calls_nobody(slack: Receiver) -> None:
    channels()[0].send("x", [item(), item(number=1, severity="warn")])
    (body,) = bodies(slack)
    assert "<!channel>" not in msgspec.json.encode(body).decode()
    attachments: Any = body["attachments"]
    assert [one["color"] for one in attachments] == ["#c0392b", "#d68910"]


def test_discord_is_sent_what_it_takes_and_calls_nobody(discord: Receiver) -> None:
    long = [item(name="Burns" * 20, number=number) for number in range(60)]
    channels()[0].send("https://ballast.example.com", long)
    body: Any = bodies(discord)[0]
    assert body["allowed_mentions"] == {"parse": []}
    assert 0 < len(body["content"]) <= 2_000
    assert len(body["embeds"]) <= 10
    said = [one["title"] + one["description"] + one["footer"]["text"] for one in body["embeds"]]
    assert sum(map(len, said)) <= 6_000
    assert all(len(one["title"]) <= 256 for one in body["embeds"])


def test_pagerduty_is_sent_events_with_a_key_that_ends_them(pagerduty: Receiver) -> None:
    channels()[0].send("https://ballast.example.com", [item(), item("REMINDER"), item("RESOLVED")])
    events: Any = bodies(pagerduty)
    assert [one["event_action"] for one in events] == ["trigger", "trigger", "resolve"]
    assert {one["dedup_key"] for one in events} == {"ballast-Burns-0"}
    assert {one["routing_key"] for one in events} == {"0123456789abcdef0123456789abcdef"}
    payload = events[0]["payload"]
    assert (payload["severity"], payload["source"]) == ("critical", "https://ballast.example.com")
    assert payload["summary"].startswith("Burns: shard 0 burns")
    assert events[0]["links"] == [{"href": "https://example.com/runbook#burns", "text": "Runbook"}]


def test_pagerduty_goes_on_after_those_that_it_took(pagerduty: Receiver) -> None:
    answers = iter([202, 202, 500])
    pagerduty.answer = lambda connection, heard: status(next(answers))(connection, heard)
    outcome = channels()[0].send("x", [item(number=number) for number in range(5)])
    assert (outcome.taken, outcome.error, outcome.blamed) == (2, "HTTP 500", 1)


def test_a_mail_goes_to_all_at_once_and_is_known_as_a_machines(mails: Sink) -> None:
    channels()[0].send("https://ballast.example.com", [item()])
    (letter,) = mails.letters
    mail = message_from_bytes(letter, policy=default)
    assert mail["to"] == "olga@example.com, otto@example.com"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["subject"] == "[Ballast] 1 firing: Burns"
