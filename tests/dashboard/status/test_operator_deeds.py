"""Who may do what from the page of the house, what an order leaves behind, and that none happens by half."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings
from redis import Redis

from access.models import AuditEntry
from exchange.models import EngineRequest, Market
from exchange.services.markets import open_market
from health.supervised import Care, Kept, restart_orders, say_kept
from ledger.services import seed_assets
from tests.support.operators import begin

pytestmark = pytest.mark.django_db

ORDER = {"line": "worker", "reason": "It has leaked memory since Monday."}


@pytest.fixture
def olivia() -> User:
    return User.objects.create_superuser("olivia")  # nobody types a password, and to hash one takes long


def as_operator(user: User) -> Client:
    client = Client()
    client.force_login(user)
    begin(client)
    return client


@pytest.fixture
def operator(olivia: User) -> Client:
    return as_operator(olivia)


def code(response: object) -> object:
    return response.json()["error"]["code"]  # type: ignore[attr-defined]


def test_an_order_is_told_and_entered(operator: Client, redis: Redis, olivia: User) -> None:
    assert operator.post("/status/restart", ORDER).json() == {"ordered": "worker"}
    assert list(restart_orders(redis, ["worker", "beat"])) == ["worker"]
    (entry,) = AuditEntry.objects.filter(action="process.restart_ordered")
    assert (entry.user_id, entry.subject, entry.after) == (
        olivia.pk,
        "process:worker",
        {"reason": ORDER["reason"]},
    )


def test_without_redis_nothing_is_ordered_and_nothing_entered(operator: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = operator.post("/status/restart", ORDER)
    assert (response.status_code, code(response)) == (503, "SERVICE_UNAVAILABLE")
    assert not AuditEntry.objects.filter(action="process.restart_ordered").exists()


@pytest.mark.parametrize("line", ["release", "all", "web; rm", "x" * 60])
def test_what_is_no_process_here_is_refused(operator: Client, redis: Redis, line: str) -> None:
    response = operator.post("/status/restart", {**ORDER, "line": line})
    assert response.status_code == 400
    assert restart_orders(redis, [line]) == {}


def test_an_embedded_server_is_one_where_a_supervisor_keeps_it(operator: Client, redis: Redis) -> None:
    assert operator.post("/status/restart", {**ORDER, "line": "valkey"}).status_code == 400
    say_kept(redis, "up:1", [Kept("valkey", "valkey", Care.RUNNING)])
    assert operator.post("/status/restart", {**ORDER, "line": "valkey"}).status_code == 200


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_reason_is_asked_for(operator: Client, reason: str) -> None:
    response = operator.post("/status/restart", {**ORDER, "reason": reason})
    assert (response.status_code, code(response)) == (400, "MISSING_FIELD")


def test_nobody_but_an_operator_with_his_own_login_and_the_right_to_it_may(olivia: User) -> None:
    carol = User.objects.create_user("carol")
    clerk = User.objects.create_user("clerk", is_staff=True)
    stale = Client()
    stale.force_login(olivia)
    for client in (Client(), stale, as_operator(carol), as_operator(clerk)):
        response = client.post("/status/restart", ORDER)
        assert (response.status_code, code(response)) == (403, "NOT_PERMITTED")
        assert client.post("/status/market", {}).status_code == 403
    assert not AuditEntry.objects.filter(action="process.restart_ordered").exists()


def test_a_form_of_somebody_elses_page_is_refused(olivia: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(olivia)
    assert client.post("/status/restart", ORDER).status_code == 403


def test_customers_are_told_of_no_deeds(olivia: User, operator: Client) -> None:
    assert Client().get("/status/operator").status_code == 404
    assert as_operator(User.objects.create_user("carol")).get("/status/operator").status_code == 404
    told = operator.get("/status/operator").json()
    assert told["is_fresh"]
    assert {"web", "engine", "worker", "beat"} <= set(told["lines"])
    late = Client()
    late.force_login(olivia)
    assert late.get("/status/operator").json() == {
        "is_fresh": False,
        "login": "/admin/login/?next=/status",
        "lines": [],
        "markets": [],
    }


def test_a_market_is_paused_once_however_often_it_is_sent(operator: Client, olivia: User) -> None:
    seed_assets()
    market = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=4)
    Market.objects.filter(pk=market.pk).update(status="OPEN")
    asked = {"market": "BTC-USDB", "status": "CANCEL_ONLY", "reason": "A look.", "token": str(uuid4())}
    assert operator.post("/status/market", asked).status_code == 200
    assert operator.post("/status/market", asked).status_code == 200
    (request,) = EngineRequest.objects.all()
    assert (request.requested_by_id, request.reason) == (olivia.pk, "A look.")
    (entry,) = AuditEntry.objects.filter(action="engine.status")
    assert entry.subject == "market:BTC-USDB"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"market": "NO-SUCH"}, 404), ({"status": "GONE"}, 400), ({"token": "x"}, 400), ({"reason": ""}, 400)],
)
def test_a_market_that_is_none_or_a_state_that_is_none_is_refused(
    operator: Client, wrong: dict[str, str], status: int
) -> None:
    asked = {"market": "BTC-USDB", "status": "OPEN", "reason": "A look.", "token": str(uuid4())}
    assert operator.post("/status/market", {**asked, **wrong}).status_code == status


def test_who_looks_is_shown_in_the_head(olivia: User, operator: Client) -> None:
    assert b"Log in" in Client().get("/status/visitor").content
    told = operator.get("/status/visitor").content
    assert b"olivia" in told
    assert b"data-operator" in told
