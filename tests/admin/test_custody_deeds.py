"""Custody's pages for operators: a queue with decoded transactions, and deeds that need two people."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from custody.bitcoin.types import Network
from custody.chains.registry import source_of
from custody.models import AccountFreeze, TermsVersion, Withdrawal, WithdrawalStop
from custody.selectors_terms import open_proposal, terms_in_force
from custody.services.watching.watcher import Watcher
from ledger.services import seed_assets
from tests.admin.custody_rows import OUTSIDE, Customers, customers, switch_on
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.house import BTC, CustodyHouse, funds, know_keys
from tests.support.operators import operator

TOKEN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def house(transactional_db: None, settings: Settings) -> Iterator[CustodyHouse]:
    switch_on(settings)
    settings.DEMO = True
    seed_assets()
    know_keys()
    with serving_bitcoind() as node:
        source = source_of(node.url, Network.REGTEST)
        yield CustodyHouse(node.chain, source, Watcher(source))
        source.close()


@pytest.fixture
def people(house: CustodyHouse) -> Customers:
    return customers(house, "dora")


@pytest.fixture
def olga(transactional_db: None) -> Client:
    client = Client()
    operator(client, name="olga")
    return client


@pytest.fixture
def oscar(transactional_db: None) -> Client:
    client = Client()
    operator(client, name="oscar")
    return client


def do(client: Client, model: str, deed: str, row: object = None, **values: object) -> str:
    """What the page that follows says."""
    url = reverse(f"admin:custody_{model}_deed", args=[deed]) + (f"?ids={row}" if row else "")
    sent = {"token": TOKEN, "reason": "because", **values}
    return client.post(url, sent, follow=True).content.decode()


def page(client: Client, model: str, **query: str) -> str:
    return client.get(reverse(f"admin:custody_{model}_changelist"), query).content.decode()


def test_the_queue_shows_what_waits_and_what_would_be_signed(people: Customers, olga: Client) -> None:
    large = people.ask("dora", 2 * BTC, "large")
    assert OUTSIDE in page(olga, "withdrawal")
    shown = olga.get(reverse("admin:custody_withdrawal_change", args=[large.pk])).content.decode()
    assert f"2.00000000 BTC  {OUTSIDE}" in shown
    assert "change" in shown
    assert "fee" in shown


def test_a_large_withdrawal_takes_two_operators(people: Customers, olga: Client, oscar: Client) -> None:
    large = people.ask("dora", 2 * BTC, "large")
    do(olga, "withdrawal", "approve", large.pk)
    do(olga, "withdrawal", "approve", large.pk, token="22222222-2222-4222-8222-222222222222")
    assert Withdrawal.objects.get().status == "AWAITING_APPROVAL"
    do(oscar, "withdrawal", "approve", large.pk)
    assert Withdrawal.objects.get().status == "APPROVED"
    assert OUTSIDE not in page(olga, "withdrawal")
    assert OUTSIDE in page(olga, "withdrawal", state="open")


def test_a_rejection_gives_the_money_back(people: Customers, olga: Client) -> None:
    large = people.ask("dora", 2 * BTC, "large")
    do(olga, "withdrawal", "reject", large.pk)
    assert Withdrawal.objects.get().status == "REJECTED"
    assert funds("dora") == 3 * BTC


def test_every_search_is_answered(people: Customers, olga: Client) -> None:
    models = ("withdrawal", "deposit", "coin", "watchedscript", "spend")
    for model, term in product(models, ("", "nobody", "ab" * 32, OUTSIDE, "5", "%")):
        answer = olga.get(reverse(f"admin:custody_{model}_changelist"), {"q": term})
        assert answer.status_code == 200, (model, term)


def test_they_are_found_by_txid_address_and_owner(
    house: CustodyHouse, people: Customers, olga: Client
) -> None:
    large = people.ask("dora", 2 * BTC, "large")
    txid = house.deposit("dora", BTC)
    for term in (OUTSIDE, "dora", "user:dora", str(User.objects.get(username="dora").pk), str(large.pk)):
        assert str(large.pk) in page(olga, "withdrawal", q=term), term
    for term in (txid, "dora"):
        assert "1.00000000 BTC" in page(olga, "deposit", q=term), term


def test_who_stops_withdrawals_does_not_let_them_go_on(
    people: Customers, olga: Client, oscar: Client
) -> None:
    do(olga, "withdrawalstop", "stop")
    stop = WithdrawalStop.objects.get()
    do(olga, "withdrawalstop", "go-on", stop.pk)
    assert WithdrawalStop.objects.get().ended_at is None
    do(oscar, "withdrawalstop", "go-on", stop.pk)
    assert WithdrawalStop.objects.get().ended_at is not None


def test_terms_are_changed_by_two(people: Customers, olga: Client, oscar: Client) -> None:
    form = olga.get(reverse("admin:custody_termsproposal_deed", args=["propose"]))
    fields = form.context["form"].initial
    values = {f"initial-{name}": value for name, value in fields.items() if name != "token"}
    do(olga, "termsproposal", "propose", **{**values, **fields, "token": TOKEN, "fee_sats": 5_000})
    do(olga, "termsproposal", "approve", 1)
    assert not TermsVersion.objects.exists()
    proposal = page(oscar, "termsproposal")
    assert "because" in proposal
    from_list = terms_in_force().fee_sats
    do(oscar, "termsproposal", "approve", _open_proposal())
    assert (from_list, terms_in_force().fee_sats) == (2_000, 5_000)


def _open_proposal() -> int:
    found = open_proposal()
    assert found is not None
    return found.pk


def test_an_account_is_frozen_by_name_and_thawed(people: Customers, olga: Client) -> None:
    do(olga, "accountfreeze", "freeze", user="dora")
    freeze = AccountFreeze.objects.get()
    assert freeze.ended_at is None
    assert "no such user" in do(olga, "accountfreeze", "freeze", user="nobody")
    do(olga, "accountfreeze", "end", freeze.pk)
    assert AccountFreeze.objects.get().ended_at is not None


def test_without_the_permission_nothing_is_offered(people: Customers) -> None:
    client = Client()
    operator(client, "custody.view_withdrawal", name="vera")
    large = people.ask("dora", 2 * BTC, "large")
    url = reverse("admin:custody_withdrawal_deed", args=["approve"]) + f"?ids={large.pk}"
    assert client.post(url, {"token": TOKEN, "reason": "because"}).status_code == 403
    assert Withdrawal.objects.get().status == "AWAITING_APPROVAL"
