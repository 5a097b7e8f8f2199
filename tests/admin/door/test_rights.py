"""What people may do: two operators give more, one takes away, and nobody changes it for himself."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.accounts.emails import claimed_email
from access.accounts.mails import send_due_mails
from access.models import AuditEntry, Notice, OperatorProposal
from access.operators import OPERATORS_CHANGED
from access.second_person import decide_url
from config.operators import seed_operators
from tests.support.operators import agree, operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client: Client) -> User:
    return operator(client)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create(username="bob", email="bob@example.org")


def change(client: Client, user: User, *given: str, groups: tuple[int, ...] = ()) -> int:
    page = reverse("admin:auth_user_deed", args=["rights"])
    sent = {
        "token": str(uuid4()),
        "reason": "a new colleague",
        "groups": groups,
        **dict.fromkeys(given, "on"),
    }
    return client.post(f"{page}?ids={user.pk}", sent).status_code


def test_nobody_is_made_an_operator_by_one(client: Client, olga: User, bob: User) -> None:
    group = seed_operators()
    assert change(client, bob, "is_active", "is_staff", groups=(group.pk,)) == 302
    bob.refresh_from_db()
    assert not bob.is_staff
    oskar = agree()
    bob = User.objects.get(pk=bob.pk)
    assert (bob.is_staff, bob.is_superuser, list(bob.groups.all())) == (True, False, [group])
    entry = AuditEntry.objects.get(action="user.rights_changed")
    assert (entry.user_id, entry.subject) == (oskar.pk, f"user:{bob.pk}")
    assert entry.before == {"is_active": True, "is_staff": False, "is_superuser": False, "groups": []}
    told = Notice.objects.filter(kind=OPERATORS_CHANGED, text__contains="may do in the admin")
    assert set(told.values_list("user_id", flat=True)) == {olga.pk, oskar.pk}


@pytest.mark.parametrize("more", ["is_staff", "is_superuser", "group", "is_active"])
def test_every_kind_of_more_takes_two_be_the_first_a_superuser(
    client: Client, olga: User, bob: User, more: str
) -> None:
    group = Group.objects.create(name="whatever")
    User.objects.filter(pk=bob.pk).update(is_active=more != "is_active")
    given = {"is_active", more} - {"group"}
    assert change(client, bob, *given, groups=(group.pk,) if more == "group" else ()) == 302
    assert OperatorProposal.objects.count() == 1
    assert not AuditEntry.objects.filter(action="user.rights_changed").exists()


def test_taking_away_takes_one_and_counts_at_once(client: Client, olga: User) -> None:
    other = Client()
    oskar = operator(other, name="oskar")
    assert other.get("/admin/").status_code == 200
    assert change(client, oskar) == 302
    oskar.refresh_from_db()
    assert (oskar.is_active, oskar.is_staff, oskar.is_superuser) == (False, False, False)
    assert other.get("/admin/").status_code in (302, 404)


def test_nobody_changes_himself_neither_first_nor_second(client: Client, olga: User, bob: User) -> None:
    assert change(client, olga, "is_active", "is_staff") == 200
    other = Client()
    bella = operator(other, "auth.view_user", "access.change_rights", name="bella")
    assert change(client, bella, "is_active", "is_staff", "is_superuser") == 302
    url = decide_url(OperatorProposal.objects.get())
    seen = other.get(url).context["form"].initial["seen"]
    answer = other.post(url, {"token": str(uuid4()), "seen": seen, "reason": "why not"})
    assert answer.status_code == 200
    bella.refresh_from_db()
    assert not bella.is_superuser


def test_what_a_group_may_do_more_takes_two(client: Client, olga: User) -> None:
    group = seed_operators()
    before = set(group.permissions.all())
    more = Permission.objects.get(codename="set_account_role")
    page = f"{reverse('admin:auth_group_deed', args=['permissions'])}?ids={group.pk}"

    def send(chosen: set[Permission]) -> None:
        sent = {"token": str(uuid4()), "reason": "r", "permissions": [one.pk for one in chosen]}
        assert client.post(page, sent).status_code == 302

    send({*before, more})
    assert set(group.permissions.all()) == before
    agree()
    assert set(group.permissions.all()) == {*before, more}
    send(set())
    assert not group.permissions.exists()


def test_the_second_one_reads_which_permissions_come_and_go(client: Client, olga: User) -> None:
    group = Group.objects.create(name="desk")
    held, more = (Permission.objects.get(codename=name) for name in ("view_market", "set_account_role"))
    group.permissions.set([held])
    page = f"{reverse('admin:auth_group_deed', args=['permissions'])}?ids={group.pk}"
    sent = {"token": str(uuid4()), "reason": "r", "permissions": [more.pk]}
    assert client.post(page, sent).status_code == 302
    told = dict(client.get(decide_url(OperatorProposal.objects.get())).context["rows"][0][1])
    assert told["permissions MORE than now"] == str(more)
    assert told["permissions not any more"] == str(held)
    assert told["permissions as now"] == 0


def test_the_second_one_reads_what_a_person_loses_with_what_is_given(
    client: Client, olga: User, bob: User
) -> None:
    bob.groups.add(Group.objects.create(name="desk"))
    assert change(client, bob, "is_staff") == 302
    told = dict(client.get(decide_url(OperatorProposal.objects.get())).context["rows"][0][1])
    assert (told["is staff"], told["is active"], told["groups not any more"]) == ("on", "no", "desk")


def test_a_page_read_before_other_permissions_took_their_place_is_shown_again(
    client: Client, olga: User
) -> None:
    group = Group.objects.create(name="desk")
    held, other, more = (
        Permission.objects.get(codename=name) for name in ("view_market", "view_vault", "set_account_role")
    )
    group.permissions.set([held])
    page = f"{reverse('admin:auth_group_deed', args=['permissions'])}?ids={group.pk}"
    sent = {"token": str(uuid4()), "reason": "r", "permissions": [held.pk, more.pk]}
    assert client.post(page, sent).status_code == 302
    second = Client()
    operator(second, name="oskar")
    url = decide_url(OperatorProposal.objects.get())
    seen = second.get(url).context["form"].initial["seen"]
    group.permissions.set([other])  # as many, and others
    answer = second.post(url, {"token": str(uuid4()), "seen": seen, "reason": "r"})
    assert (answer.status_code, list(group.permissions.all())) == (200, [other])


def test_the_pages_of_people_and_groups_change_and_set_nothing_themselves(
    client: Client, olga: User, bob: User
) -> None:
    group = seed_operators()
    forms = {"is_superuser": "on", "reason": "x", "username": "bob", "permissions": []}
    assert client.post(reverse("admin:auth_user_change", args=[bob.pk]), forms).status_code == 403
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), forms).status_code == 403
    secret = {"password1": "correct horse battery", "password2": "correct horse battery"}
    page = reverse("admin:auth_user_password_change", args=[bob.pk])
    assert client.post(page, secret).status_code == 403
    for name in ("auth_user", "auth_group"):
        pk = bob.pk if name == "auth_user" else group.pk
        assert client.get(reverse(f"admin:{name}_change", args=[pk])).status_code == 200
        assert client.post(reverse(f"admin:{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_an_address_is_changed_by_two_and_by_who_reads_the_new_one(
    client: Client, olga: User, bob: User
) -> None:
    page = f"{reverse('admin:auth_user_deed', args=['address'])}?ids={bob.pk}"
    sent = {"token": str(uuid4()), "reason": "he called", "email": "new@example.org"}
    assert client.post(page, sent).status_code == 302
    assert claimed_email(bob.pk) == ""
    agree()
    assert claimed_email(bob.pk) == "new@example.org"
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"  # until he opens what was sent
    send_due_mails(timezone.now())
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    assert re.search(r"/account/email/\S+", str(letter.body))


def test_an_own_password_is_changed_where_a_code_is_asked_for(client: Client, olga: User) -> None:
    assert client.get("/admin/password_change/")["Location"] == "/account/security"
    assert client.post("/admin/password_change/", {})["Location"] == "/account/security"


def test_a_new_person_may_do_nothing(client: Client, olga: User) -> None:
    secret = "correct horse battery"
    form = {"username": "carol", "password1": secret, "password2": secret, "is_superuser": "on"}
    form |= {"usable_password": "true", "reason": "an account for the bots", "is_staff": "on"}
    assert client.post(reverse("admin:auth_user_add"), form).status_code == 302
    carol = User.objects.get(username="carol")
    assert (carol.is_staff, carol.is_superuser) == (False, False)


def test_an_operator_who_was_shut_out_is_let_in_again_by_two(client: Client, olga: User, bob: User) -> None:
    page = reverse("admin:access_accountrole_deed", args=["enable"])

    def let_in(user: User) -> bool:
        User.objects.filter(pk=user.pk).update(is_active=False)
        sent = {"token": str(uuid4()), "reason": "it was a mistake", "account": user.username}
        assert client.post(page, sent).status_code == 302
        return User.objects.get(pk=user.pk).is_active

    assert let_in(bob)
    colleague = User.objects.create(username="colleague", is_staff=True)
    assert not let_in(colleague)
    assert OperatorProposal.objects.get().about == "colleague"
    agree()
    assert User.objects.get(pk=colleague.pk).is_active
