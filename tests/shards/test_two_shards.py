"""What one account asks of two shards at once: where it goes, what is answered, and when one is away."""

from typing import Any

import pytest

from exchange.models import AccountMessage
from tests.api.people import Trader, order, refusal, succeeded
from tests.shards.conftest import SECOND, TwoShards
from tests.websocket.client import speaking_for

BATCH = "/api/v1/orders/batch"
CANCEL = "/api/v1/orders/cancel-batch"
MARKETS = ("BTC-USDB", SECOND)
GONE = (503, "ENGINE_UNAVAILABLE")


def first(**changes: Any) -> dict[str, Any]:
    return order(price="100", quantity="0.1", **changes)


def second(**changes: Any) -> dict[str, Any]:
    return order(market=SECOND, **{"price": "0.0100", "quantity": "1", **changes})


def placed(person: Trader, *orders: dict[str, Any]) -> list[str]:
    results = person.post(BATCH, {"orders": orders})["results"]
    return [result["order"]["order_id"] for result in results]


def codes(results: list[dict[str, Any]]) -> list[str]:
    return [result["order"]["status"] if result["ok"] else result["error"]["code"] for result in results]


def done(error: dict[str, Any]) -> dict[int, str]:
    """By shard the code of why it is not done there."""
    assert all(one["done"] == (one["code"] == "") for one in error["shards"])
    return {one["shard"]: one["code"] for one in error["shards"]}


def test_a_batch_goes_to_both_shards_and_is_answered_in_its_order(alice: Trader) -> None:
    results = alice.post(BATCH, {"orders": [second(), first(), second(quantity="999999"), first()]})[
        "results"
    ]
    assert codes(results) == ["NEW", "NEW", "INSUFFICIENT_FUNDS", "NEW"]
    shards = [int(result["order"]["order_id"]) % 64 for result in results if result["ok"]]
    assert shards == [1, 0, 0]


def test_money_moves_into_and_out_of_a_chosen_shard(alice: Trader) -> None:
    assert refusal(alice.move(asset="BTC", amount="1")) == (422, "SHARD_REQUIRED")
    back = {"from_wallet": "TRADING", "to_wallet": "FUNDING"}
    assert refusal(alice.move(asset="BTC", amount="1", shard=0, **back)) == (422, "INSUFFICIENT_FUNDS")
    succeeded(alice.move(asset="BTC", amount="4", shard=1, **back))
    succeeded(alice.move(asset="BTC", amount="3", shard=0))
    assert alice.holding("BTC")["funding_available"] == "1.00000000"
    assert alice.trading("BTC")[0] == "9.00000000"


def test_a_name_may_stand_once_in_each_shard_and_a_cancel_takes_them_one_by_one(alice: Trader) -> None:
    ids = placed(alice, second(client_order_id="x"), first(client_order_id="x"))
    path = "/api/v1/orders/by-client-id/x"
    assert [alice.delete(path)["order"]["order_id"] for _ in ids] == [ids[1], ids[0]]
    assert refusal(alice.send("DELETE", path)) == (404, "ORDER_NOT_FOUND")


def test_a_batch_of_cancels_finds_ids_and_names_in_both(alice: Trader) -> None:
    ids = placed(alice, first(), second(), first(client_order_id="a"), second(client_order_id="b"))
    targets = [
        {"client_order_id": "b"},
        {"order_id": ids[0]},
        {"client_order_id": "none"},
        {"order_id": ids[1]},
    ]
    results = alice.post(CANCEL, {"orders": [*targets, {"client_order_id": "a"}]})["results"]
    assert codes(results) == ["CANCELED", "CANCELED", "ORDER_NOT_FOUND", "CANCELED", "CANCELED"]
    assert alice.get("/api/v1/orders?status=open")["orders"] == []


def test_all_orders_of_both_are_canceled_at_once(alice: Trader) -> None:
    ids = placed(alice, first(), second())
    assert sorted(alice.delete("/api/v1/orders")["canceled_order_ids"]) == sorted(ids)


def test_a_shard_that_is_away_keeps_no_order_of_the_other_from_being_canceled(
    two: TwoShards, alice: Trader
) -> None:
    for away in (0, 1):
        ids = placed(
            alice, first(), second(), first(client_order_id=f"a{away}"), second(client_order_id=f"b{away}")
        )
        with two.without(away):
            targets = [{"order_id": number} for number in ids[:2]]
            results = alice.post(CANCEL, {"orders": targets})["results"]
            expected = ["CANCELED", "CANCELED"]
            expected[away] = "ENGINE_UNAVAILABLE"
            assert codes(results) == expected
            there, gone = (f"b{away}", f"a{away}") if away == 0 else (f"a{away}", f"b{away}")
            answer = alice.delete(f"/api/v1/orders/by-client-id/{there}")["order"]
            assert answer["status"] == "CANCELED"
            assert refusal(alice.send("DELETE", f"/api/v1/orders/by-client-id/{gone}")) == GONE
            assert refusal(alice.send("POST", CANCEL, {"orders": [targets[away]]})) == GONE
        assert len(alice.delete("/api/v1/orders")["canceled_order_ids"]) == 2


@pytest.mark.parametrize("away", [0, 1])
def test_of_all_orders_it_is_told_which_shard_canceled_its_own(
    two: TwoShards, alice: Trader, away: int
) -> None:
    ids = placed(alice, first(), second())
    there = 1 - away
    with two.without(away):
        answer = alice.send("DELETE", "/api/v1/orders")
        assert refusal(answer) == (503, "PARTLY_DONE")
        assert answer.headers["retry-after"] == "1"
        error = answer.json()["error"]
        assert error["canceled_order_ids"] == [ids[there]]
        assert done(error) == {away: "ENGINE_UNAVAILABLE", there: ""}
        assert [SECOND in one["markets"] for one in error["shards"]] == [False, True]
        assert refusal(alice.send("DELETE", f"/api/v1/orders?market={MARKETS[away]}")) == GONE
    assert alice.delete("/api/v1/orders")["canceled_order_ids"] == [ids[away]]


@pytest.mark.parametrize("away", [0, 1])
def test_of_a_switch_it_is_told_which_shard_has_armed_it(two: TwoShards, alice: Trader, away: int) -> None:
    path, there = "/api/v1/dead-mans-switch", 1 - away
    with two.without(away):
        answer = alice.send("PUT", path, {"timeout_ms": 60_000})
        assert refusal(answer) == (503, "PARTLY_DONE")
        assert done(answer.json()["error"]) == {away: "ENGINE_UNAVAILABLE", there: ""}
        assert len(answer.json()["error"]["switches"]) == 1
    assert len(alice.put(path, {"timeout_ms": 60_000})["switches"]) == 1
    with two.without(away):
        answer = alice.send("DELETE", path)
        assert refusal(answer) == (503, "PARTLY_DONE")
        assert len(answer.json()["error"]["switches"]) == 1
    assert alice.delete(path)["switches"] == []


def test_over_a_socket_it_is_told_which_shard_canceled_its_own(two: TwoShards, alice: Trader) -> None:
    ids = placed(alice, first(), second())
    with speaking_for(two.house.url, alice) as socket, two.without(0):
        socket.send(op="orders.cancel_all", id="all")
        error = socket.answer_to("all")["error"]
        assert (error["code"], error["canceled_order_ids"]) == ("PARTLY_DONE", [ids[1]])
        assert done(error) == {0: "ENGINE_UNAVAILABLE", 1: ""}


def test_what_follows_a_cancel_by_name_on_a_socket_comes_after_it_in_every_shard(
    two: TwoShards, alice: Trader
) -> None:
    with speaking_for(two.house.url, alice) as socket:
        for turn in range(10):
            placed(alice, second(price="10.0000", quantity="0.99", client_order_id=f"all{turn}"))
            socket.send(op="order.cancel", id=f"c{turn}", client_order_id=f"all{turn}")
            socket.send(op="order.place", id=f"p{turn}", **second(price="9.9900", quantity="0.99"))
            assert socket.answer_to(f"c{turn}")["ok"]
            answer = socket.answer_to(f"p{turn}")
            assert answer["ok"], answer
            alice.delete("/api/v1/orders")


def test_each_shard_numbers_an_accounts_messages_from_one(alice: Trader) -> None:
    placed(alice, first(), second(), second())
    alice.delete("/api/v1/orders")
    for shard in (0, 1):
        rows = AccountMessage.objects.filter(account=alice.user_id, shard=shard)
        numbers = sorted(rows.values_list("sequence", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 3
