"""An operator with the permission removes somebody's second factor, with a reason; nobody reads a secret."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry, SecurityChange, TotpDevice
from access.second_factor import second_factor_state, seed_second_factor
from access.second_factor.codes import new_secret
from tests.support.operators import agree, operator

TOKEN = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d11"


@pytest.fixture
def alice(db: None, settings: Settings) -> User:
    settings.DEMO = True
    user = User.objects.create(username="alice")
    seed_second_factor(user_id=user.pk, secret=new_secret(), changed_at=timezone.now())
    return user


def deed_url(user: User) -> str:
    return f"{reverse('admin:access_totpdevice_deed', args=['remove'])}?ids={user.pk}"


def remove(client: Client, user: User, reason: str) -> int:
    return client.post(deed_url(user), {"token": TOKEN, "reason": reason}).status_code


def test_it_is_removed_by_two_with_a_reason(client: Client, alice: User) -> None:
    may = ("access.view_totpdevice", "access.remove_second_factor")
    operator(client, *may)
    assert remove(client, alice, "") == 200
    assert remove(client, alice, "she showed her passport") == 302
    assert second_factor_state(user_id=alice.pk, now=timezone.now()).since is not None
    oskar = agree(*may)
    assert second_factor_state(user_id=alice.pk, now=timezone.now()).since is None
    assert SecurityChange.objects.filter(user_id=alice.pk).count() == 2
    entry = AuditEntry.objects.get(action="second_factor.removed_by_operator")
    assert (entry.user_id, entry.subject) == (oskar.pk, f"user:{alice.pk}")
    assert entry.after == {"reason": "she showed her passport"}


def test_it_takes_its_permission(client: Client, alice: User) -> None:
    operator(client, "access.view_totpdevice")
    assert remove(client, alice, "I would like to") == 403
    assert second_factor_state(user_id=alice.pk, now=timezone.now()).since is not None


def test_no_page_shows_a_secret(client: Client, alice: User) -> None:
    operator(client)
    stored = bytes(TotpDevice.objects.get(pk=alice.pk).encrypted_secret)
    pages = [
        reverse("admin:access_totpdevice_changelist"),
        reverse("admin:access_totpdevice_change", args=[alice.pk]),
        reverse("admin:access_recoverycode_changelist"),
        deed_url(alice),
    ]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "secret" not in shown.lower(), page
        assert repr(stored) not in shown
