"""What one operator alone could lose bitcoin by: another key, the end of a stop, of a freeze, of a spend."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditEntry, OperatorProposal
from access.services import Origin
from custody.admin.spends import AskAgain, Drop, GiveUpLost
from custody.models import Spend, WalletKey, WithdrawalStop
from custody.services.freezes import freeze_account
from custody.services.stops import stop_by_itself, stop_withdrawals
from tests.support.operators import agree, operator

pytestmark = pytest.mark.django_db
OTHER = "[aabbccdd/48h/1h/0h/2h]tpub-of-another"


@pytest.fixture
def olga(client: Client) -> User:
    return operator(client)


def do(client: Client, model: str, deed: str, pk: object) -> int:
    page = reverse(f"admin:custody_{model}_deed", args=[deed])
    shown = client.get(f"{page}?ids={pk}").context["form"]
    sent = {"key": shown.initial["key"]} if "key" in shown.fields else {}
    sent |= {"token": str(uuid4()), "reason": "I asked who runs it"}
    return client.post(f"{page}?ids={pk}", sent).status_code


def test_another_key_is_accepted_by_two(client: Client, olga: User) -> None:
    WalletKey.objects.create(role="backup", key="old", learned_at=timezone.now(), refused_key=OTHER)
    assert do(client, "walletkey", "accept", "backup") == 302
    assert WalletKey.objects.get().key == "old"
    oskar = agree()
    kept = WalletKey.objects.get()
    assert (kept.key, kept.refused_key) == (OTHER, "")
    assert AuditEntry.objects.get(action="custody.key_accepted").user_id == oskar.pk


def test_another_key_than_the_one_that_was_read_is_not_accepted(client: Client, olga: User) -> None:
    WalletKey.objects.create(role="backup", key="old", learned_at=timezone.now(), refused_key=OTHER)
    do(client, "walletkey", "accept", "backup")
    WalletKey.objects.update(refused_key="[11223344/48h/1h/0h/2h]tpub-of-a-third")
    with pytest.raises(AssertionError, match="INVALID_STATE"):
        agree()
    assert WalletKey.objects.get().key == "old"
    assert OperatorProposal.objects.get().status == "OPEN"  # what is refused is not decided


def test_after_the_house_stopped_by_itself_two_let_withdrawals_go_on(client: Client, olga: User) -> None:
    stop = stop_by_itself(reason="the second chain source differs")
    assert do(client, "withdrawalstop", "go-on", stop.pk) == 302
    assert WithdrawalStop.objects.get().ended_at is None
    oskar = agree()
    assert WithdrawalStop.objects.get().ended_by == oskar


def test_what_the_house_sees_while_an_operator_has_stopped_takes_two_as_well(
    client: Client, olga: User
) -> None:
    oskar = User.objects.create(username="otto", is_staff=True)
    stop = stop_withdrawals(origin=Origin(oskar.pk), reason="maintenance")
    stop_by_itself(reason="a coin was taken")
    assert do(client, "withdrawalstop", "go-on", stop.pk) == 302
    stop.refresh_from_db()
    assert stop.ended_at is None
    assert stop.reason == "a coin was taken (Stopped before: maintenance)"
    agree()
    stop.refresh_from_db()
    assert stop.ended_at is not None


def test_a_freeze_that_owes_nothing_is_ended_by_one(client: Client, olga: User) -> None:
    alice = User.objects.create(username="alice")
    freeze = freeze_account(owner_id=alice.pk, origin=Origin(olga.pk), reason="a call")
    assert do(client, "accountfreeze", "end", freeze.pk) == 302
    freeze.refresh_from_db()
    assert freeze.ended_at is not None


def test_what_was_signed_is_given_up_by_two_and_what_was_not_by_one() -> None:
    spend = Spend()
    assert GiveUpLost().needs_two(spend, {})
    assert not Drop().needs_two(spend, {})
    assert not AskAgain().needs_two(spend, {})


@pytest.mark.parametrize("key", ["backup ", "x" * 40, "BACK-UP", "1'", "é"])
def test_a_key_that_is_no_role_has_no_page(client: Client, olga: User, key: str) -> None:
    page = reverse("admin:custody_walletkey_deed", args=["accept"])
    assert client.get(page, {"ids": key}).status_code == 404
