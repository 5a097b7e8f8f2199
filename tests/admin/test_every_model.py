"""Every model is there to be read, cheaply; nothing is added, changed or deleted but what is meant to be."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.second_factor import seed_second_factor
from access.second_factor.codes import new_secret
from access.services import Origin, record_audit
from exchange.models import FeeTier, FeeTierRule, Market, MarketMaker
from exchange.services.requests import request_account_tier
from health.invariants import verify
from health.registry import Extent
from oracle.models import IncidentKind
from oracle.services.changing_terms import change_policy
from oracle.services.operators import resume_oracle
from oracle.services.terms import seed_sources
from tests.admin.custody_rows import custody_rows
from tests.admin.vault_rows import vault_rows
from tests.exchange.scene import Scene
from tests.exchange.support import settle
from tests.oracle.rows import SOURCES, House, by, open_incident

pytestmark = pytest.mark.long

OURS = [
    model
    for app in ("auth", "access", "ledger", "oracle", "custody", "vaults", "exchange", "health")
    for model in apps.get_app_config(app).get_models()
    if model._meta.label not in ("auth.Permission", "vaults.ReserveLeaves")  # who is owed what is nobody's
]
# Whose rows have tests of their own.
NOTICES = {f"access.{name}" for name in ("Notice", "NoticeChoice", "NoticeDelivery", "WebhookEndpoint")}
ALERTS = {f"health.{name}" for name in ("AlertEpisode", "AlertSilence", "AlertTelling", "AlertReceiver")}
ACCOUNTS = {f"access.{name}" for name in ("AccountMail", "EmailClaim", "Login")}
ELSEWHERE = {
    "access.ApiKey",
    "access.IdempotencyRecord",
    "access.OperatorProposal",
    "health.NotifierTurn",
}
WRITABLE = {"auth.User", "auth.Group", "exchange.FeeTierRule", "exchange.MarketMaker"}
NAMES = [model._meta.label for model in OURS]
TERMS = ("no'such; thing", "1", "user:alice", "BTC-USDB/1", "9" * 30)


def url(label: str, page: str, *arguments: object) -> str:
    return reverse(f"admin:{label.lower().replace('.', '_')}_{page}", args=arguments)


@pytest.mark.parametrize("label", NAMES)
def test_it_is_registered(label: str) -> None:
    assert admin.site.is_registered(apps.get_model(label))


def oracle_rows(operator_id: int) -> None:
    seed_sources()
    house = House()
    house.rounds(60_000, 75_000)
    halt = open_incident(IncidentKind.HALT)
    resume_oracle(incident_id=halt.pk, origin=by(operator_id), reason="seen", now_ms=house.now_ms)
    change_policy(changes={"min_sources": 2}, origin=by(operator_id), reason="two are enough")


@pytest.fixture
def full_house(scene: Scene, olga: Client, settings: Settings) -> Client:
    """Rows in nearly every table."""
    settings.ORACLE_SOURCES = list(SOURCES)
    oracle_rows(User.objects.get(username="olga").pk)
    custody_rows(settings)
    vault_rows()
    market = Market.objects.get()
    seed_second_factor(user_id=scene.alice, secret=new_secret(), changed_at=timezone.now())
    record_audit(origin=Origin(), action="test", subject="market:BTC-USDB", after={"reason": "why not"})
    FeeTier.objects.create(market=market, tier=1, maker_fee_ppm=1, taker_fee_ppm=2)
    FeeTierRule.objects.create(tier=1, quote_asset="USDB", volume_atoms=10**8)
    MarketMaker.objects.create(market=market, account_id=scene.alice)
    Group.objects.get_or_create(name="operators")
    request_account_tier(shard=0, account=scene.alice, tier=1, reason="x", requested_by=None, pinned=True)
    settle(scene.worker)
    verify(Extent.RECENT)
    return olga


def test_every_list_and_every_row_can_be_read(full_house: Client) -> None:
    empty = []
    for model in OURS:
        label = model._meta.label
        answer = full_house.get(url(label, "changelist"))
        assert answer.status_code == 200, label
        row = model._default_manager.first()
        if row is None:
            empty.append(label)
            continue
        assert full_house.get(url(label, "change", row.pk)).status_code == 200, label
    assert set(empty) <= {*ELSEWHERE, *NOTICES, *ACCOUNTS, *ALERTS}


def test_every_list_takes_whatever_is_searched_in_it(full_house: Client, rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.get(username="olga")
    for page in admin.site._registry.values():
        for term in TERMS if page.search_fields else ():
            found, _ = page.get_search_results(request, page.get_queryset(request), term)
            assert len(found[:5]) <= 5, (page, term)
        if page.search_fields:
            assert full_house.get(url(page.opts.label, "changelist"), {"q": TERMS[0]}).status_code == 200


def test_nothing_is_written_but_what_is_an_operators_own(full_house: Client) -> None:
    for model in OURS:
        label, row = model._meta.label, model._default_manager.first()
        expected = 200 if label in WRITABLE else 403
        assert full_house.get(url(label, "add")).status_code == expected, label
        if row is None:
            continue
        assert full_house.post(url(label, "delete", row.pk), {"post": "yes"}).status_code == 403, label
        if label not in WRITABLE:
            assert full_house.post(url(label, "change", row.pk), {}).status_code == 403, label
        actions = {"action": "delete_selected", "_selected_action": row.pk}
        full_house.post(url(label, "changelist"), actions)
        assert model._default_manager.filter(pk=row.pk).exists(), label


def test_no_list_counts_a_whole_table_or_makes_a_query_for_each_row(full_house: Client) -> None:
    for model in OURS:
        with CaptureQueriesContext(connection) as captured:
            full_house.get(url(model._meta.label, "changelist"))
        assert len(captured) <= 16, (model, [query["sql"] for query in captured])
        if model._meta.app_label == "health":
            continue  # as many rows as there are invariants
        table = f'FROM "{model._meta.db_table}"'
        counts = [query["sql"] for query in captured if "COUNT(" in query["sql"] and table in query["sql"]]
        assert all("LIMIT 5000" in sql for sql in counts), counts


def test_orders_are_found_by_their_owner(full_house: Client, scene: Scene) -> None:
    def found(term: str) -> int:
        answer = full_house.get(url("exchange.Order", "changelist"), {"q": term})
        return int(answer.context["cl"].result_count)

    assert found("user:alice") == 1
    assert found("user:alice/a1") == 1
    assert found("user:alice/a2") == 0
    assert found("user:nobody") == 0
    assert found("what is this") == 0
    answer = full_house.get(url("exchange.Order", "changelist"), {"open": "yes"})
    assert answer.context["cl"].result_count == 1


def test_amounts_and_journal_are_in_words(full_house: Client) -> None:
    def page(label: str) -> str:
        return full_house.get(url(label, "changelist")).content.decode()

    assert "50000.00" in page("exchange.Order")
    assert "0.00500" in page("exchange.Trade")
    journal = page("exchange.JournalEntry")
    assert "account 2, market BTC-USDB, side BUY" in journal or "side BUY" in journal
    assert "refused: " in journal
    assert "USDB" in page("ledger.Transfer")
    first = apps.get_model("exchange.Trade")._default_manager.get()
    entry = full_house.get(url("exchange.JournalEntry", "change", first.sequence * 64)).content.decode()
    assert "TRADE: market BTC-USDB" in entry
    assert "price 50000.00" in entry


def test_secrets_are_not_shown() -> None:
    hidden = {"access.ApiKey": "encrypted_secret", "access.IdempotencyRecord": "body"}
    for label, name in hidden.items():
        page = admin.site._registry[apps.get_model(label)]
        assert name in (page.exclude or ())
