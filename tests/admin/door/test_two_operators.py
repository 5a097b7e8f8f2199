"""A deed that takes two: one operator proposes, another one sees the same facts and confirms, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry, Notice, OperatorProposal, ProposalStatus, TotpDevice
from access.operators import OPERATORS_CHANGED
from access.proposal_work import look
from access.second_factor import new_secret, second_factor_state, seed_second_factor
from access.second_person import decide_url
from tests.support.operators import operator

MAY = ("access.view_totpdevice", "access.remove_second_factor", "access.view_operatorproposal")


@pytest.fixture
def alice(db: None, settings: Settings) -> User:
    settings.DEMO = True
    user = User.objects.create(username="alice")
    seed_second_factor(user_id=user.pk, secret=new_secret(), changed_at=timezone.now())
    return user


@pytest.fixture
def olga(client: Client, db: None) -> User:
    return operator(client, *MAY)


@pytest.fixture
def second() -> Client:
    return Client()


@pytest.fixture
def oskar(second: Client, db: None) -> User:
    return operator(second, *MAY, name="oskar")


def propose(client: Client, user: User, reason: str = "she showed her passport", token: str = "") -> int:
    page = reverse("admin:access_totpdevice_deed", args=["remove"])
    sent = {"token": token or str(uuid4()), "reason": reason}
    return client.post(f"{page}?ids={user.pk}", sent).status_code


def decide(client: Client, proposal: OperatorProposal, reason: str = "I saw it, too") -> int:
    url = decide_url(proposal)
    form = client.get(url).context["form"]
    sent = {"token": str(uuid4()), "seen": form.initial["seen"], "reason": reason}
    return client.post(url, sent).status_code


def has_factor(user: User) -> bool:
    return second_factor_state(user_id=user.pk, now=timezone.now()).since is not None


def only() -> OperatorProposal:
    return OperatorProposal.objects.get()


def test_one_operator_alone_only_proposes(client: Client, olga: User, alice: User) -> None:
    assert propose(client, alice) == 302
    assert has_factor(alice)
    assert only().status == ProposalStatus.OPEN
    entry = AuditEntry.objects.get(action="deed.proposed")
    assert entry.user_id == olga.pk
    assert entry.after is not None
    assert entry.after["reason"] == "she showed her passport"


def test_another_one_sees_the_facts_and_carries_it_out(
    client: Client, olga: User, alice: User, second: Client, oskar: User
) -> None:
    propose(client, alice)
    shown = second.get(decide_url(only())).content.decode()
    assert "she showed her passport" in shown
    assert "olga" in shown
    assert decide(second, only()) == 302
    assert not has_factor(alice)
    proposal = only()
    assert (proposal.status, proposal.decided_by) == (ProposalStatus.APPROVED, oskar)
    by_both = AuditEntry.objects.filter(subject=f"proposal:{proposal.pk}").values_list("action", "user_id")
    assert list(by_both.order_by("pk")) == [("deed.proposed", olga.pk), ("deed.approved", oskar.pk)]
    done = AuditEntry.objects.get(action="second_factor.removed_by_operator")
    assert (done.user_id, done.after) == (oskar.pk, {"reason": "she showed her passport"})


def test_nobody_approves_what_he_proposed_be_he_superuser(client: Client, alice: User) -> None:
    operator(client, name="root")
    propose(client, alice)
    assert decide(client, only()) == 200
    assert has_factor(alice)
    assert only().status == ProposalStatus.OPEN


def test_it_takes_the_deeds_own_permission(client: Client, olga: User, alice: User, second: Client) -> None:
    operator(second, "access.view_totpdevice", "access.view_operatorproposal", name="ursula")
    propose(client, alice)
    assert second.get(decide_url(only())).status_code == 403
    assert second.post(decide_url(only()), {}).status_code == 403


def test_it_is_carried_out_once(client: Client, olga: User, alice: User, second: Client, oskar: User) -> None:
    propose(client, alice)
    assert decide(second, only()) == 302
    assert decide(second, only()) == 200
    assert AuditEntry.objects.filter(action="second_factor.removed_by_operator").count() == 1


def test_a_page_sent_twice_proposes_once_and_the_same_is_not_proposed_again(
    client: Client, olga: User, alice: User
) -> None:
    token = str(uuid4())
    assert propose(client, alice, token=token) == 302
    assert propose(client, alice, token=token) == 302
    assert propose(client, alice) == 200
    assert OperatorProposal.objects.count() == 1


def test_after_a_day_it_is_over(client: Client, olga: User, alice: User, second: Client, oskar: User) -> None:
    propose(client, alice)
    OperatorProposal.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert decide(second, only()) == 200
    assert has_factor(alice)
    assert look(oskar.pk).total == 0
    assert propose(client, alice) == 302  # what is over is in nobody's way
    assert look(oskar.pk).total == 1


def test_it_is_withdrawn_by_its_proposer_and_declined_by_another(
    client: Client, olga: User, alice: User, second: Client, oskar: User
) -> None:
    def take_back(by: Client) -> int:
        page = reverse("admin:access_operatorproposal_deed", args=["take-back"])
        proposal = OperatorProposal.objects.latest("pk")
        return by.post(f"{page}?ids={proposal.pk}", {"token": str(uuid4()), "reason": "no"}).status_code

    propose(client, alice)
    assert take_back(client) == 302
    assert decide(second, only()) == 200
    propose(client, alice)
    assert take_back(second) == 302
    states = OperatorProposal.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == [ProposalStatus.WITHDRAWN, ProposalStatus.DECLINED]
    assert has_factor(alice)


def test_facts_that_changed_since_they_were_shown_are_shown_again(
    client: Client, olga: User, alice: User, second: Client, oskar: User
) -> None:
    propose(client, alice)
    url = decide_url(only())
    seen = second.get(url).context["form"].initial["seen"]
    TotpDevice.objects.filter(pk=alice.pk).update(locked_until=timezone.now())
    sent = {"token": str(uuid4()), "seen": seen, "reason": "go"}
    answer = second.post(url, sent)
    assert answer.status_code == 200
    assert "FACTS_CHANGED" in answer.content.decode()
    assert "locked until, when proposed: ANOTHER NOW" in answer.content.decode()
    assert has_factor(alice)
    assert decide(second, only()) == 302


def test_it_ends_with_the_rights_of_who_proposed_it(
    client: Client, olga: User, alice: User, second: Client, oskar: User
) -> None:
    propose(client, alice)
    olga.user_permissions.clear()
    assert decide(second, only()) == 200
    assert has_factor(alice)


def test_it_is_work_for_the_other_and_waits_for_its_proposer(
    client: Client, olga: User, alice: User, oskar: User
) -> None:
    propose(client, alice)
    (for_other,) = look(oskar.pk).items
    assert for_other.deeds[0] == ("Decide", decide_url(only()))
    (own,) = look(olga.pk).items
    assert [name for name, _ in own.deeds] == ["Withdraw"]


def test_nobody_proposes_to_remove_his_own(client: Client, olga: User) -> None:
    assert propose(client, olga) == 200
    assert not OperatorProposal.objects.exists()


def test_other_operators_are_told(client: Client, olga: User, alice: User, oskar: User) -> None:
    propose(client, alice)
    told = Notice.objects.filter(kind=OPERATORS_CHANGED).values_list("user_id", flat=True)
    assert list(told) == [oskar.pk]


def test_a_page_sent_twice_with_something_else_is_refused(client: Client, olga: User, alice: User) -> None:
    page = f"{reverse('admin:access_totpdevice_deed', args=['remove'])}?ids={alice.pk}"
    sent = {"token": str(uuid4()), "reason": "she showed her passport"}
    assert client.post(page, sent).status_code == 302
    assert client.post(page, {**sent, "more": "x"}).status_code == 200
    assert OperatorProposal.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "999999", "-1", "x", "9" * 30, "1 OR 1=1"])
def test_a_proposal_that_is_none_has_no_page(client: Client, olga: User, alice: User, number: str) -> None:
    page = reverse("admin:access_totpdevice_deed", args=["remove"])
    assert client.get(page, {"ids": str(alice.pk), "proposal": number}).status_code == 404


def test_a_proposal_of_one_is_not_decided_on_the_page_of_another(
    client: Client, olga: User, alice: User, second: Client, oskar: User
) -> None:
    propose(client, alice)
    other = reverse("admin:access_totpdevice_deed", args=["remove"])
    page = f"{other}?ids={oskar.pk}&proposal={only().pk}"
    assert second.get(page).status_code == 404
    assert second.post(page, {"reason": "x"}).status_code == 404


def test_two_who_decide_at_once_carry_it_out_once(
    client: Client, transactional_db: None, settings: Settings
) -> None:
    settings.DEMO = True
    operator(client)
    alice = User.objects.create(username="alice")
    seed_second_factor(user_id=alice.pk, secret=new_secret(), changed_at=timezone.now())
    propose(client, alice)
    others = [Client() for _ in range(4)]
    for number, other in enumerate(others):
        operator(other, name=f"other{number}")
    proposal = only()

    def decided(by: Client) -> int:
        try:
            return decide(by, proposal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(others)) as threads:
        answers = list(threads.map(decided, others))
    assert sorted(answers) == [200, 200, 200, 302]
    assert AuditEntry.objects.filter(action="second_factor.removed_by_operator").count() == 1
