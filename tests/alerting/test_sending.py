"""What becomes of what is to be told while receivers fail, hang or refuse, and how others hear of it."""

import pytest

from health.alerting.checks import receivers
from health.alerting.sending import PAUSES_S
from health.models import AlertReceiver, AlertTelling, TellingStatus
from health.rules import Status
from tests.access.notices.receivers import Receiver, says, silence, status
from tests.alerting.conftest import Told, bodies

FIRE = 'fire{part="engine"} 1\n'
OK = says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def statuses(channel: str) -> list[str]:
    rows = AlertTelling.objects.filter(channel=channel).order_by("pk")
    return [str(one) for one in rows.values_list("status", flat=True)]


def test_each_channel_is_told(told: Told, slack: Receiver, discord: Receiver, pagerduty: Receiver) -> None:
    assert told.turn(FIRE) == 3
    assert [len(one.heard) for one in (slack, discord, pagerduty)] == [1, 1, 1]


def test_only_pages_go_to_who_is_woken(told: Told, slack: Receiver, pagerduty: Receiver) -> None:
    told.turn('smoke{part="disk"} 1\n')
    told.turn('smoke{part="disk"} 1\n', after_s=60)
    assert (len(slack.heard), len(pagerduty.heard)) == (1, 0)


def test_one_that_fails_is_told_later_and_keeps_nobody_waiting(
    told: Told, slack: Receiver, discord: Receiver
) -> None:
    slack.answer = status(503)
    told.turn(FIRE)
    assert (statuses("slack"), statuses("discord")) == (["WAITING"], ["SENT"])
    slack.answer = OK
    told.turn(FIRE, after_s=PAUSES_S[0])
    assert statuses("slack") == ["SENT"]
    assert len(discord.heard) == 1


@pytest.mark.long
def test_one_that_goes_on_failing_is_asked_ever_more_rarely(told: Told, slack: Receiver) -> None:
    slack.answer = status(503)
    for _ in range(240):
        told.turn(FIRE)
    assert len(slack.heard) <= len(PAUSES_S) + 240 * 15 // PAUSES_S[-1] + 1
    row = AlertReceiver.objects.get()
    assert (row.last_error, row.failing_since is not None) == ("HTTP 503", True)


def test_it_waits_for_as_long_as_a_receiver_says(told: Told, slack: Receiver) -> None:
    slack.answer = status(429, "Retry-After: 120")
    told.turn(FIRE)
    told.turn(FIRE, after_s=119)
    assert len(slack.heard) == 1
    told.turn(FIRE, after_s=1)
    assert len(slack.heard) == 2


def test_health_says_which_receiver_fails_and_not_where_it_is(told: Told, slack: Receiver) -> None:
    assert [one.status for one in receivers()] == [Status.OK]
    slack.answer = status(503)
    told.turn(FIRE)
    (finding,) = receivers()
    assert (finding.status, finding.subject, finding.figures["failing"]) == (Status.WARN, "slack", 1)
    assert "HTTP 503" in finding.message
    assert "127.0.0.1" not in finding.message
    slack.answer = OK
    told.turn(FIRE, after_s=60)
    assert [(one.status, one.figures["waiting"]) for one in receivers()] == [(Status.OK, 0)]


def test_what_is_refused_for_good_is_given_up_and_the_rest_goes_on(told: Told, slack: Receiver) -> None:
    slack.answer = status(400)
    for _ in range(3):
        told.turn(FIRE, after_s=600)
    assert statuses("slack") == ["GIVEN_UP"]
    slack.answer = OK
    told.turn(FIRE + 'fire{part="oracle"} 1\n', after_s=600)
    assert "oracle burns." in str(bodies(slack)[-1])


def test_what_could_not_be_told_in_a_day_is_given_up(told: Told, slack: Receiver) -> None:
    slack.answer = status(503)
    told.turn('smoke{part="a"} 1\n', after_s=0)
    told.turn('smoke{part="a"} 1\n', after_s=60)
    told.turn('smoke{part="a"} 1\n', after_s=25 * 3_600)
    assert AlertTelling.objects.get().status == TellingStatus.GIVEN_UP


@pytest.mark.long
def test_one_that_hangs_delays_no_other_and_is_not_asked_twice_at_once(
    told: Told, slack: Receiver, discord: Receiver
) -> None:
    slack.answer = silence
    told.turn(FIRE)
    assert (statuses("slack"), statuses("discord")) == (["WAITING"], ["SENT"])
    assert AlertReceiver.objects.get(channel="slack").last_error == "TIMEOUT"
