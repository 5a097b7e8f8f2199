"""What operators do: asked for with a reason, carried out by the engine, written into the audit trail."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from access.models import ApiKey, AuditEntry
from access.services import Origin, create_api_key
from access.signing import KeyKind
from exchange.models import AccountTier, EngineRequest, FeeTier, FeeTierRule, Market, MarketMaker, Order
from tests.exchange.scene import Scene
from tests.exchange.support import settle
from tests.support.operators import operator

TOKEN = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d11"
PARAMETERS = {
    "price_step": "0.05",
    "quantity_step": "0.00001",
    "min_notional": "1",
    "max_notional": "1000000",
    "max_open_orders": "100",
    "maker_fee_ppm": "100",
    "taker_fee_ppm": "400",
    "band_ppm": "50000",
    "breaker_ppm": "0",
    "breaker_window_s": "0",
    "breaker_halt_s": "0",
}


def do(client: Client, model: str, name: str, ids: object = "", **fields: object) -> Any:
    url = reverse(f"admin:{model}_deed", args=[name])
    data = {"token": TOKEN, "reason": "because of a test", **fields}
    return client.post(f"{url}?ids={ids}" if ids else url, data)


def market() -> Market:
    return Market.objects.get()


def result(client: Client, answer: HttpResponse) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"]).content.decode()


def test_the_status_of_a_market_changes_when_the_engine_says_so(scene: Scene, olga: Client) -> None:
    answer = do(olga, "exchange_market", "status", market().pk, status="HALTED")
    assert market().status == "OPEN"
    waiting = result(olga, answer)
    assert "PENDING" in waiting
    assert 'http-equiv="refresh"' in waiting
    settle(scene.worker)
    ended = result(olga, answer)
    assert "APPLIED" in ended
    assert 'http-equiv="refresh"' not in ended
    assert market().status == "HALTED"
    (entry,) = AuditEntry.objects.filter(action="engine.status")
    assert entry.after is not None
    assert entry.after["reason"] == "because of a test"
    assert (entry.subject, entry.user_id) == (
        "market:BTC-USDB",
        olga.session["_auth_user_id"] and entry.user_id,
    )
    assert entry.before == {"status": "OPEN", "shard": "0"}


def test_a_refusal_is_shown_with_the_engines_reason(scene: Scene, olga: Client) -> None:
    answer = do(olga, "exchange_market", "parameters", market().pk, **{**PARAMETERS, "price_step": "333"})
    settle(scene.worker)
    ended = result(olga, answer)
    assert "REFUSED" in ended
    assert "WOULD_BREAK_ORDERS" in ended
    assert market().price_step_ticks == 1


def test_parameters_are_asked_for_in_decimals_and_shown_as_they_are(scene: Scene, olga: Client) -> None:
    url = reverse("admin:exchange_market_deed", args=["parameters"])
    form = olga.get(f"{url}?ids={market().pk}").context["form"]
    assert (form.initial["price_step"], form.initial["quantity_step"]) == ("0.01", "0.00001")
    answer = do(olga, "exchange_market", "parameters", market().pk, **PARAMETERS)
    settle(scene.worker)
    assert "APPLIED" in result(olga, answer)
    row = market()
    assert (row.price_step_ticks, row.min_notional_atoms, row.band_ppm) == (5, 10**row.quote_decimals, 50_000)
    (request,) = EngineRequest.objects.all()
    assert "price_step_ticks 1 to 5" in request.summary
    assert "quantity_step_lots" not in request.summary


def test_what_is_wrong_is_said_at_its_field_and_nothing_happens(scene: Scene, olga: Client) -> None:
    wrong = [
        ("reason", "  "),
        ("reason", "x" * 301),
        ("price_step", "0.001"),
        ("price_step", "1e40"),
        ("price_step", "NaN"),
        ("max_open_orders", "0"),
        ("token", "x"),
    ]
    for field, value in wrong:
        answer = do(olga, "exchange_market", "parameters", market().pk, **{**PARAMETERS, field: value})
        assert answer.status_code == 200
        assert field in answer.context["form"].errors, (field, value)
    assert not EngineRequest.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_page_that_is_sent_twice_counts_once(scene: Scene, olga: Client) -> None:
    answers = [do(olga, "exchange_market", "status", market().pk, status="POST_ONLY") for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert EngineRequest.objects.count() == AuditEntry.objects.count() == 1


def test_all_orders_of_a_market_an_account_or_everybody_are_canceled(scene: Scene, olga: Client) -> None:
    asked: list[tuple[str, str, object, dict[str, object]]] = [
        ("exchange_market", "cancel-all", market().pk, {}),
        ("exchange_shard", "cancel-everything", "0", {}),
        ("exchange_order", "cancel-of-account", "", {"account": "alice", "market": market().pk}),
        ("exchange_order", "cancel-of-account", "", {"account": str(scene.alice), "market": ""}),
    ]
    for number, (model, name, ids, fields) in enumerate(asked):
        token = f"0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d{number:02}"
        answer = do(olga, model, name, ids, token=token, **fields)
        settle(scene.worker)
        assert "APPLIED" in result(olga, answer)
    assert not Order.objects.filter(status__in=(0, 1)).exists()
    assert set(AuditEntry.objects.values_list("subject", flat=True)) == {
        "market:BTC-USDB",
        "shard:0",
        f"account:{scene.alice}",
    }


def test_fees_tiers_and_the_reference_price_are_set(scene: Scene, olga: Client) -> None:
    asked: list[tuple[str, str, object, dict[str, object]]] = [
        ("exchange_market", "fee-tier", market().pk, {"tier": 3, "maker_fee_ppm": 50, "taker_fee_ppm": 90}),
        ("exchange_market", "reference-price", market().pk, {"price": "51000.25"}),
        ("exchange_accounttier", "account-tier", "", {"account": "alice", "tier": 3, "pinned": "on"}),
    ]
    for model, name, ids, fields in asked:
        answer = do(olga, model, name, ids, **fields)
        settle(scene.worker)
        assert "APPLIED" in result(olga, answer), name
    assert FeeTier.objects.get().taker_fee_ppm == 90
    assert market().reference_price_ticks == 5_100_025
    tier = AccountTier.objects.get(account_id=scene.alice)
    assert (tier.tier, tier.pinned) == (3, True)


def test_an_unknown_account_is_refused(scene: Scene, olga: Client) -> None:
    answer = do(olga, "exchange_order", "cancel-of-account", account="mallory")
    assert answer.context["form"].errors["account"] == ["NOT_FOUND: There is no such user."]


def test_rows_that_are_an_operators_own_are_changed_with_a_reason(scene: Scene, olga: Client) -> None:
    add = reverse("admin:exchange_marketmaker_add")
    fields = {"market": market().pk, "account": scene.bob}
    assert "reason" in olga.post(add, fields).context["adminform"].form.errors
    assert olga.post(add, {**fields, "reason": "signed today"}).status_code == 302
    maker = MarketMaker.objects.get()
    assert do(olga, "exchange_marketmaker", "end", maker.pk).status_code == 302
    assert not MarketMaker.objects.exists()
    rule = reverse("admin:exchange_feetierrule_add")
    volume = {"tier": 1, "quote_asset": "USDB", "volume_atoms": 10**12, "reason": "price list"}
    assert olga.post(rule, volume).status_code == 302
    page = reverse("admin:exchange_feetierrule_change", args=[1])
    assert olga.post(page, {**volume, "volume_atoms": 10**13, "reason": "new price list"}).status_code == 302
    assert FeeTierRule.objects.get().volume_atoms == 10**13
    trail = AuditEntry.objects.order_by("pk").values_list("action", "before", "after")
    assert [action for action, _, _ in trail] == [
        "marketmaker.added",
        "marketmaker.removed",
        "feetierrule.added",
        "feetierrule.changed",
    ]
    assert trail[3][1:] == ({"volume_atoms": 10**12}, {"volume_atoms": 10**13, "reason": "new price list"})


def test_a_key_is_revoked(olga: Client) -> None:
    user = operator(Client(), name="alice")
    key = create_api_key(user_id=user.pk, label="", kind=KeyKind.HMAC, scopes=[], origin=Origin()).key
    assert do(olga, "access_apikey", "revoke", key.pk).status_code == 302
    assert ApiKey.objects.get().revoked_at is not None
    last = AuditEntry.objects.order_by("-pk")[0]
    assert last.action == "api_key.revoked"
    assert last.after == {"revoked": True, "reason": "because of a test"}
    again = do(olga, "access_apikey", "revoke", key.pk, token="0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d12")
    assert "NOT_FOUND" in str(again.context["form"].errors)


def test_several_rows_of_a_list_are_chosen_for_one_deed(scene: Scene, olga: Client) -> None:
    chosen = {"action": "status", "_selected_action": [market().pk]}
    answer = olga.post(reverse("admin:exchange_market_changelist"), chosen)
    assert answer["Location"] == f"{reverse('admin:exchange_market_deed', args=['status'])}?ids={market().pk}"


DEEDS = [
    ("exchange_market", "status", "exchange.request_market_status"),
    ("exchange_market", "parameters", "exchange.request_market_change"),
    ("exchange_market", "reference-price", "exchange.request_reference_price"),
    ("exchange_market", "fee-tier", "exchange.request_fee_tier"),
    ("exchange_market", "cancel-all", "exchange.request_cancel_all"),
]


def test_each_deed_needs_its_own_permission(scene: Scene) -> None:
    for number, (model, name, permission) in enumerate(DEEDS):
        client = Client()
        operator(client, "exchange.view_market", permission, name=f"olaf{number}")
        page = reverse("admin:exchange_market_change", args=[market().pk])
        offered = client.get(page).content.decode()
        for _, other, _ in DEEDS:
            url = f"{reverse(f'admin:{model}_deed', args=[other])}?ids={market().pk}"
            assert client.get(url).status_code == (200 if other == name else 403)
            assert (url in offered) == (other == name)


def test_a_deed_is_only_done_to_rows_that_are_there(scene: Scene, olga: Client) -> None:
    url = reverse("admin:exchange_market_deed", args=["parameters"])
    for ids in ("", "x", "1,x", "999", "1,1,1,1", ",".join(map(str, range(60)))):
        assert olga.get(f"{url}?ids={ids}").status_code == 404, ids
    assert olga.get(reverse("admin:exchange_market_deed", args=["no-such"])).status_code == 404
