"""No page of the admin deletes a row, no action deletes many, and no list is edited in place."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.urls import reverse

from access.models import OperatorProposal
from tests.support.operators import operator

pytestmark = pytest.mark.django_db
PAGES = {model._meta.label: page for model, page in admin.site._registry.items()}


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create(username="root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("label", PAGES)
def test_no_page_deletes_be_it_for_a_superuser(root: User, rf: RequestFactory, label: str) -> None:
    page, request = PAGES[label], rf.get("/")
    request.user = root
    assert not page.has_delete_permission(request)
    assert not page.list_editable
    assert not [name for name in page.get_actions(request) if "delete" in name]
    assert not list(page.get_inline_instances(request))


def test_no_action_is_there_for_all_pages() -> None:
    assert [name for name, _ in admin.site.actions] == []


def test_who_has_every_permission_deletes_nothing(client: Client) -> None:
    olga = operator(client, superuser=False)
    olga.user_permissions.set(Permission.objects.all())
    second = Client()
    second.force_login(olga)
    victim = User.objects.create(username="victim")
    page = reverse("admin:auth_user_changelist")
    sent = {"action": "delete_selected", "_selected_action": victim.pk, "post": "yes"}
    for one in (client, second):
        one.post(page, sent)
        one.post(reverse("admin:auth_user_delete", args=[victim.pk]), {"post": "yes"})
    assert User.objects.filter(pk=victim.pk).exists()


def test_proposals_are_read_alone(client: Client) -> None:
    operator(client)
    assert client.get(reverse("admin:access_operatorproposal_add")).status_code == 403
    page = PAGES[OperatorProposal._meta.label]
    assert set(page.readonly_fields) >= {"permission", "operator", "expires_at"}
