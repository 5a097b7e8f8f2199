"""Operators see what fires with its page of the runbook; they acknowledge and silence, each with a reason."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditEntry
from health.alerting.silences import silence
from health.models import (
    AlertEpisode,
    AlertReceiver,
    AlertSilence,
    AlertTelling,
    EpisodeStatus,
    NotifierTurn,
    TellingKind,
    TellingStatus,
)
from tests.support.operators import operator

pytestmark = pytest.mark.django_db
TOKEN = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d11"
MAY = ("health.view_alertepisode", "health.view_alertsilence", "health.silence_alert")


def episode(**others: object) -> AlertEpisode:
    now = timezone.now()
    fields = {
        "name": "EngineHasNoLeader",
        "labels": {"shard": "0"},
        "fingerprint": "f" * 64,
        "severity": "page",
        "summary": "Nobody leads shard 0.",
        "value": 0,
        "status": EpisodeStatus.FIRING,
        "began_at": now,
        "fired_at": now,
    }
    return AlertEpisode.objects.create(**{**fields, **others})


def deed(client: Client, model: str, name: str, number: int, **values: object) -> int:
    url = reverse(f"admin:health_{model}_deed", args=[name])
    sent = {"token": TOKEN, "reason": "I look at it", **values}
    return client.post(f"{url}?ids={number}", sent).status_code


def test_an_episode_is_shown_with_its_page_of_the_runbook(client: Client) -> None:
    operator(client)
    row = episode()
    AlertTelling.objects.create(
        episode=row,
        channel="slack",
        kind=TellingKind.FIRED,
        status=TellingStatus.SENT,
        created_at=timezone.now(),
    )
    shown = client.get(reverse("admin:health_alertepisode_change", args=[row.pk])).content.decode()
    for words in (
        "Nobody leads shard 0.",
        "FIRED by slack: SENT",
        "Its markets stand still",
        "It is over when",
    ):
        assert words in shown


def test_it_is_acknowledged_once_with_a_reason(client: Client) -> None:
    olga = operator(client, *MAY)
    row = episode()
    assert deed(client, "alertepisode", "acknowledge", row.pk, reason="") == 200
    assert deed(client, "alertepisode", "acknowledge", row.pk) == 302
    row.refresh_from_db()
    assert (row.acknowledged_by_id, row.acknowledged_why) == (olga.pk, "I look at it")
    assert deed(client, "alertepisode", "acknowledge", row.pk) == 200  # somebody has
    entry = AuditEntry.objects.get(action="alert.acknowledged")
    assert (entry.user_id, entry.subject) == (olga.pk, "alert:EngineHasNoLeader")


def test_it_is_silenced_for_its_labels_or_for_all(client: Client) -> None:
    operator(client, *MAY)
    row = episode()
    assert deed(client, "alertepisode", "silence", row.pk, hours="1000") == 200
    assert deed(client, "alertepisode", "silence", row.pk, hours="2") == 302
    assert deed(client, "alertepisode", "silence", row.pk, hours="168", everything="on") == 302
    assert list(AlertSilence.objects.order_by("pk").values_list("labels", flat=True)) == [{"shard": "0"}, {}]
    assert AuditEntry.objects.filter(action="alert.silenced").count() == 2


def test_a_silence_is_ended(client: Client) -> None:
    olga = operator(client, *MAY)
    now = timezone.now()
    row = silence(name="EngineHasNoLeader", labels={}, hours=1, reason="a test", by=olga.pk, now=now)
    assert deed(client, "alertsilence", "end", row.pk) == 302
    assert deed(client, "alertsilence", "end", row.pk) == 200
    row.refresh_from_db()
    assert row.ended_at is not None


def test_who_has_not_the_permission_silences_nothing(client: Client) -> None:
    operator(client, "health.view_alertepisode", "health.view_alertsilence")
    row = episode()
    assert deed(client, "alertepisode", "acknowledge", row.pk) == 403
    assert deed(client, "alertepisode", "silence", row.pk, hours="2") == 403
    assert not AlertSilence.objects.exists()


def test_every_list_can_be_read(client: Client) -> None:
    olga = operator(client)
    silence(name="X", labels={"a": "b"}, hours=1, reason="a test", by=olga.pk, now=timezone.now())
    row = episode(acknowledged_by=olga)
    AlertReceiver.objects.create(channel="slack", last_error="HTTP 503")
    NotifierTurn.objects.create(pk=1)
    AlertTelling.objects.create(
        episode=row, channel="slack", kind="FIRED", status="WAITING", created_at=timezone.now()
    )
    for name in ("alertepisode", "alertsilence", "alerttelling", "alertreceiver", "notifierturn"):
        answer = client.get(reverse(f"admin:health_{name}_changelist"))
        assert answer.status_code == 200, name
    found = client.get(reverse("admin:health_alertepisode_changelist"), {"q": "EngineHasNoLeader"})
    assert "Nobody leads shard 0." in found.content.decode()
