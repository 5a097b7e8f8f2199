"""Pages that are sent late, twice, or with numbers that no market has."""

from threading import Thread
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from exchange.models import AccountTier, EngineRequest
from tests.admin.test_deeds import do, market
from tests.exchange.scene import Scene
from tests.exchange.support import settle
from tests.support.operators import operator


def page(client: Client) -> dict[str, Any]:
    """What a browser sends when nothing is changed on the page of a market's parameters."""
    url = reverse("admin:exchange_market_deed", args=["parameters"])
    form = client.get(f"{url}?ids={market().pk}").context["form"]
    fields = {name: form[name].value() for name in form.fields if name != "reason"}
    assert all(f'name="initial-{name}"' in str(form[name]) for name in fields if name != "token")
    return {**fields, **{f"initial-{name}": value for name, value in fields.items()}}


def test_a_page_changes_only_what_was_changed_on_it(scene: Scene, olga: Client) -> None:
    """Two operators look at one market; the second does not undo what the first has done."""
    first, second = page(olga), page(olga)
    do(olga, "exchange_market", "parameters", market().pk, **{**first, "taker_fee_ppm": "700"})
    settle(scene.worker)
    do(olga, "exchange_market", "parameters", market().pk, **{**second, "band_ppm": "50000"})
    settle(scene.worker)
    assert (market().taker_fee_ppm, market().band_ppm) == (700, 50_000)
    assert EngineRequest.objects.latest("pk").summary == "BTC-USDB: band_ppm 0 to 50000"


def test_a_page_sent_again_with_another_choice_is_written_down(scene: Scene, olga: Client) -> None:
    for pinned in ({"pinned": "on"}, {}, {}):
        do(olga, "exchange_accounttier", "account-tier", account="alice", tier="1", **pinned)
        settle(scene.worker)
    assert not AccountTier.objects.get().pinned
    assert EngineRequest.objects.count() == AuditEntry.objects.count() == 2


def test_a_page_that_is_sent_several_times_at_once_is_written_down_once(scene: Scene) -> None:
    def send(client: Client) -> None:
        do(client, "exchange_market", "status", market().pk, status="POST_ONLY")
        connection.close()

    clients = [Client() for _ in range(6)]
    for number, client in enumerate(clients):
        operator(client, name=f"olga{number}")
    threads = [Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert EngineRequest.objects.count() == AuditEntry.objects.count() == 1


def test_numbers_that_no_market_has_are_refused_at_their_field(scene: Scene, olga: Client) -> None:
    for price in ("1e999999", "1e99999999999", "1e-999999", "1." + "0" * 40 + "1", "9" * 400):
        answer = do(olga, "exchange_market", "reference-price", market().pk, price=price)
        assert answer.status_code == 200, price
        assert "price" in answer.context["form"].errors, price
    assert not EngineRequest.objects.exists()
