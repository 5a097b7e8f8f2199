"""The figures at the head of the home: few, cheap, true, and each leads to where it is seen whole."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from access.cockpit import Figure
from config import cockpit_sources
from exchange.models import Market
from oracle.services.operators import halt_oracle
from tests.admin.work.reading import every, superuser
from tests.custody.withdrawals.scene import BTC, Customer, later
from tests.exchange.scene import Scene
from tests.oracle.rows import SOURCES, House, by
from tests.support.operators import operator
from tests.vaults.support.rows import E8, funded_vault


def figures(name: str) -> list[Figure]:
    (source,) = [one for one in every(cockpit_sources.FIGURES) if one.name == name]
    return list(source.read())


def test_the_price_comes_with_its_state(transactional_db: None, settings: Settings) -> None:
    settings.ORACLE_SOURCES = list(SOURCES)
    (none,) = figures("price")
    assert (none.value, none.tone) == ("none yet", "bad")
    house = House()
    house.rounds(60_000)
    (stale,) = figures("price")
    assert stale.value == "$60,000"
    assert stale.detail.startswith("STALE")  # the rounds are of another year
    halt_oracle(origin=by(superuser().pk), reason="a look", now_ms=house.now_ms)
    (halted,) = figures("price")
    assert (halted.tone, halted.detail.split(" · ")[:2]) == ("bad", ["HALTED", "a look"])


def test_each_market_is_a_click_away_from_its_controls(scene: Scene, client: Client) -> None:
    operator(client)
    (market,) = figures("markets")
    assert (market.label, market.value, market.tone) == ("BTC-USDB", "OPEN", "good")
    assert "last 50000.00" in market.detail
    page = client.get(market.url).content.decode()
    for deed in ("halt", "cancel-only", "post-only", "parameters", "reference-price", "cancel-all"):
        assert f"{reverse('admin:exchange_market_deed', args=[deed])}?ids=" in page, deed
    assert f"{reverse('admin:exchange_market_deed', args=['open'])}?ids=" not in page
    Market.objects.update(status="HALTED")
    (market,) = figures("markets")
    assert (market.value, market.tone) == ("HALTED", "bad")
    assert (
        f"{reverse('admin:exchange_market_deed', args=['open'])}?ids="
        in client.get(market.url).content.decode()
    )


def test_the_engine_tells_its_lag(scene: Scene) -> None:
    (engine,) = figures("engine")
    assert engine.label == "Engine lag"
    assert engine.value.endswith(" ms")


def test_what_the_house_has_stands_beside_what_it_owes(alice: Customer) -> None:
    (coins,) = figures("bitcoin")
    assert coins.detail == "hot 0 · cold 0 · owed 10"
    assert coins.tone == "warn"  # play money
    alice.ask(2 * BTC)
    alice.ask(BTC // 10, now=later(1))
    (coins,) = figures("bitcoin")
    assert "owed 10 · the hot wallet lacks 0.1" in coins.detail  # until it has gone
    (withdrawals,) = figures("withdrawals")
    assert withdrawals.value == "0"  # of today: these are of another year
    assert "1 to approve" in withdrawals.detail


def test_debt_stands_beside_the_lowest_ratio(custody: None) -> None:
    funded_vault("dora", debt=2_000 * E8)
    (debt,) = figures("vaults")
    assert debt.value == "2,000 USDB"
    assert debt.detail.startswith("0.1 BTC behind it")
    assert debt.url == reverse("admin:vaults_vault_changelist")


def test_the_house_says_what_is_wrong_first(transactional_db: None) -> None:
    (house,) = figures("house")
    assert house.value in ("degraded", "down")
    assert "not fine" in house.detail


def test_they_take_few_questions(scene: Scene) -> None:
    for source in every(cockpit_sources.FIGURES):
        if source.name == "house":
            continue  # looked at side by side, and kept for seconds
        source.read()
        with CaptureQueriesContext(connection) as captured:
            source.read()
        assert len(captured) <= 8, (source.name, [query["sql"] for query in captured.captured_queries])
