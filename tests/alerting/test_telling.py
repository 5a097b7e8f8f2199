"""What is told of an alert, and what is not told again: firing, reminders, the end, storms and flapping."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from health.alerting.silences import acknowledge, end_silence, silence
from health.models import AlertEpisode, AlertTelling, EpisodeStatus, TellingStatus
from tests.access.notices.receivers import Receiver
from tests.alerting.conftest import Told, bodies

FIRE = 'fire{part="engine"} 1\n'
NO_FIRE = 'fire{part="engine"} 0\n'
HOUR = 3_600


def texts(slack: Receiver) -> list[str]:
    return [str(body["text"]) for body in bodies(slack)]


def test_it_tells_once_that_an_alert_fires(told: Told, slack: Receiver) -> None:
    for _ in range(5):
        told.turn(FIRE)
    (text,) = texts(slack)
    assert text == "https://ballast.example.com: 1 firing: Burns"
    body: Any = bodies(slack)[0]
    (attachment,) = body["attachments"]
    assert attachment["title"] == "[PAGE] Burns"
    assert "engine burns." in attachment["text"]
    assert "Runbook: docs/runbook.md#burns" in attachment["text"]


def test_it_tells_that_it_is_over(told: Told, slack: Receiver) -> None:
    told.turn(FIRE)
    told.turn(NO_FIRE)
    told.turn(NO_FIRE, after_s=59)
    assert len(slack.heard) == 1
    told.turn(NO_FIRE, after_s=5)
    assert texts(slack)[1] == "https://ballast.example.com: 1 resolved: Burns"
    told.turn(NO_FIRE)
    assert len(slack.heard) == 2


def test_what_flaps_is_told_once(told: Told, slack: Receiver) -> None:
    for _ in range(10):
        told.turn(FIRE)
        told.turn(NO_FIRE)
    assert len(slack.heard) == 1


def test_what_does_not_last_is_never_told(told: Told, slack: Receiver) -> None:
    told.turn('smoke{part="disk"} 1\n')
    told.turn('smoke{part="disk"} 1\n', after_s=30)
    told.turn('smoke{part="disk"} 0\n', after_s=15)
    told.turn('smoke{part="disk"} 1\n', after_s=60)
    assert slack.heard == []
    told.turn('smoke{part="disk"} 1\n', after_s=60)
    assert len(slack.heard) == 1


@pytest.mark.long
def test_a_page_is_reminded_of_and_a_warning_is_not(told: Told, slack: Receiver) -> None:
    told.turn(FIRE + 'smoke{part="disk"} 1\n')
    heard = []
    for _ in range(80):
        told.turn(FIRE + 'smoke{part="disk"} 1\n', after_s=HOUR)
        heard.append(len(slack.heard))
    # After one hour, six, a day, and then each day; the first hour's message has the warning's first, too.
    changes = [hours + 1 for hours in range(80) if heard[hours] != (heard[hours - 1] if hours else 1)]
    assert changes == [1, 6, 24, 48, 72]
    assert "Smokes" in texts(slack)[1]
    assert all("Smokes" not in text for text in texts(slack)[2:])


def test_a_storm_is_one_message(told: Told, slack: Receiver) -> None:
    told.turn("".join(f'fire{{part="p{number}"}} 1\n' for number in range(45)))
    (body,) = bodies(slack)
    attachments: Any = body["attachments"]
    assert len(attachments) == 20
    assert "45 firing" in str(body["text"])
    assert "And 25 more" in str(body["text"])


def test_one_alert_has_so_many_sets_of_labels_and_no_more(told: Told, slack: Receiver) -> None:
    told.turn("".join(f'fire{{part="p{number}"}} 1\n' for number in range(300)))
    assert AlertEpisode.objects.count() == 50
    assert len(slack.heard) == 1


@pytest.mark.long
def test_a_storm_that_goes_on_is_told_in_digests(told: Told, slack: Receiver) -> None:
    """Something new each turn: a message each turn at first, then few with much in them."""
    for number in range(120):
        told.turn(f'smoke{{part="p{number // 6}"}} 1\n')
    sent = len(slack.heard)
    assert 0 < sent <= 12 * 3 + 1  # within half an hour
    assert not AlertTelling.objects.filter(status=TellingStatus.GIVEN_UP).exists()


def test_what_is_acknowledged_is_told_once_more_at_its_end(told: Told, slack: Receiver) -> None:
    olga = User.objects.create(username="olga")
    told.turn(FIRE)
    episode = AlertEpisode.objects.get()
    assert acknowledge(episode_id=episode.pk, reason="I look at it", by=olga.pk, now=told.now)
    assert not acknowledge(episode_id=episode.pk, reason="I, too", by=olga.pk, now=told.now)
    for _ in range(8):
        told.turn(FIRE, after_s=4 * HOUR)
    assert len(slack.heard) == 1
    told.turn(NO_FIRE)
    told.turn(NO_FIRE, after_s=60)
    assert texts(slack)[1].endswith("1 resolved: Burns")


def test_what_is_silenced_is_told_when_the_silence_ends(told: Told, slack: Receiver) -> None:
    olga = User.objects.create(username="olga")
    silence(name="Burns", labels={"part": "engine"}, hours=2, reason="a test", by=olga.pk, now=told.now)
    told.turn(FIRE + 'fire{part="oracle"} 1\n')
    (body,) = bodies(slack)
    attachments: Any = body["attachments"]
    assert ["oracle burns" in one["text"] for one in attachments] == [True]
    told.turn(FIRE + 'fire{part="oracle"} 1\n', after_s=2 * HOUR)
    assert "engine burns." in str(bodies(slack)[1])


def test_a_silence_can_be_ended(told: Told, slack: Receiver) -> None:
    olga = User.objects.create(username="olga")
    row = silence(name="Burns", labels={}, hours=1, reason="a test", by=olga.pk, now=told.now)
    told.turn(FIRE)
    assert slack.heard == []
    assert end_silence(silence_id=row.pk, now=told.now)
    assert not end_silence(silence_id=row.pk, now=told.now)
    told.turn(FIRE)
    assert len(slack.heard) == 1


def test_what_nothing_is_known_of_is_not_resolved_at_once(told: Told, slack: Receiver) -> None:
    """Redis or the database is away, and with it what would say that it still burns."""
    told.turn(FIRE)
    for _ in range(14):
        told.turn("other 1\n", after_s=60)
    assert AlertEpisode.objects.get().status == EpisodeStatus.FIRING
    for _ in range(2):
        told.turn("other 1\n", after_s=60)
    assert AlertEpisode.objects.get().status == EpisodeStatus.RESOLVED
    assert len(slack.heard) == 2


def test_an_alert_that_is_no_longer_declared_is_resolved(told: Told, slack: Receiver) -> None:
    told.turn(FIRE)
    told.alerts = told.alerts[1:]
    told.turn(FIRE)
    told.turn(FIRE, after_s=60)
    assert AlertEpisode.objects.get().status == EpisodeStatus.RESOLVED


def test_with_nobody_to_tell_episodes_are_kept_all_the_same(told: Told) -> None:
    told.turn(FIRE)
    row = AlertEpisode.objects.get()
    assert (row.status, row.summary, row.severity) == (EpisodeStatus.FIRING, "engine burns.", "page")
    assert AlertTelling.objects.count() == 0


def test_what_is_long_over_is_forgotten(told: Told) -> None:
    told.turn(FIRE)
    told.turn(NO_FIRE)
    told.turn(NO_FIRE, after_s=60)
    told.turn(NO_FIRE, after_s=int(timedelta(days=91).total_seconds()))
    assert AlertEpisode.objects.count() == 0
