"""Backups are a page to be read: nobody adds, changes or deletes a row of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.models import BackupRun
from tests.support.operators import operator

pytestmark = pytest.mark.django_db


def test_an_operator_reads_which_were_made_and_which_failed(client: Client) -> None:
    operator(client, "config.view_backuprun")
    made = BackupRun.objects.create(name="ballast-20261122T000000Z-x", began_at=timezone.now(), size_bytes=7)
    BackupRun.objects.create(began_at=timezone.now(), error="the store is away")
    page = client.get(reverse("admin:config_backuprun_changelist")).content.decode()
    assert "ballast-20261122T000000Z-x" in page
    assert "the store is away" in page
    assert client.get(reverse("admin:config_backuprun_change", args=[made.pk])).status_code == 200
    assert client.get(reverse("admin:config_backuprun_add")).status_code == 403
    assert client.post(reverse("admin:config_backuprun_delete", args=[made.pk])).status_code == 403
