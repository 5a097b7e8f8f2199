"""Order ids that clients choose: repeats, retries, and the truth after a lost answer."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.api.house import House
from tests.api.people import MakeTrader, Trader, field_of, in_parallel, order, refusal
from tests.support.waiting import until


def by_client_id(person: Trader, name: str) -> httpx.Response:
    return person.send("GET", f"/api/v1/orders/by-client-id/{name}")


def is_pending(person: Trader, name: str) -> bool:
    return by_client_id(person, name).status_code == 202


def test_a_repeat_gets_the_first_answer_byte_for_byte(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.04")
    first = alice.try_order(client_order_id="one")
    assert len(first.json()["fills"]) == 1
    bob.place(side="SELL", quantity="0.04")  # the order goes on, the answer to its placement does not
    repeat = alice.try_order(client_order_id="one")
    assert (repeat.status_code, repeat.content) == (200, first.content)
    assert alice.get("/api/v1/orders/by-client-id/one")["order"]["filled_quantity"] == "0.08000"
    assert len(alice.get("/api/v1/orders")["orders"]) == 1


def test_a_repeat_is_known_after_the_order_has_ended(alice: Trader) -> None:
    first = alice.try_order(client_order_id="one")
    alice.delete("/api/v1/orders/by-client-id/one")
    assert alice.try_order(client_order_id="one").content == first.content
    assert alice.get("/api/v1/orders?status=open")["orders"] == []


def test_a_repeat_may_spell_numbers_and_defaults_differently(alice: Trader) -> None:
    first = alice.try_order(client_order_id="one", price="100", quantity="0.1")
    spelled = alice.try_order(client_order_id="one", price="100.00", quantity="0.10000", time_in_force="GTC")
    assert spelled.content == first.content


@pytest.mark.parametrize(
    "changes", [{"price": "99"}, {"quantity": "0.2"}, {"time_in_force": "IOC"}, {"post_only": True}]
)
def test_the_same_id_for_another_order_is_refused(alice: Trader, changes: dict[str, object]) -> None:
    alice.place(client_order_id="one")
    answer = alice.try_order(client_order_id="one", **changes)
    assert refusal(answer) == (409, "DUPLICATE_CLIENT_ORDER_ID")
    assert field_of(answer) == "client_order_id"
    assert len(alice.get("/api/v1/orders")["orders"]) == 1


def test_twenty_repeats_at_once_have_one_effect(alice: Trader) -> None:
    answers = in_parallel(lambda _: alice.try_order(client_order_id="one"), 20)
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.content for answer in answers}) == 1
    assert len(alice.get("/api/v1/orders")["orders"]) == 1
    assert alice.trading("USDB")[1] == "10.00500001"


def test_a_refused_order_may_be_tried_again_under_its_id(carol: Trader) -> None:
    assert refusal(carol.try_order(client_order_id="one")) == (422, "INSUFFICIENT_FUNDS")
    carol.fund(USDB="100")
    accepted = carol.place(client_order_id="one")["order"]
    assert carol.get("/api/v1/orders/by-client-id/one")["order"] == accepted


def test_a_refused_order_is_found_by_its_id_with_the_reason(carol: Trader) -> None:
    carol.try_order(client_order_id="one")
    found = carol.get("/api/v1/orders/by-client-id/one")
    assert (found["order"]["status"], found["order"]["reject_reason"]) == ("REJECTED", "INSUFFICIENT_FUNDS")
    assert found["order"]["order_id"] is None  # it never became one
    assert found["fills"] == []


def test_an_accepted_order_is_found_by_its_id_with_its_fills(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.04")
    placed = alice.place(client_order_id="one")
    assert alice.get("/api/v1/orders/by-client-id/one") == placed


def test_an_id_that_nobody_used_is_not_found(carol: Trader) -> None:
    assert refusal(by_client_id(carol, "never")) == (404, "ORDER_NOT_FOUND")


def test_an_order_that_waits_is_pending_and_then_the_truth_is_told(house: House, trader: MakeTrader) -> None:
    rich, poor = trader("rich", USDB="1000"), trader("poor")
    with house.engine_held(), ThreadPoolExecutor() as pool:
        answers = [pool.submit(person.try_order, client_order_id="one") for person in (rich, poor)]
        until(lambda: is_pending(rich, "one") and is_pending(poor, "one"))
        assert by_client_id(rich, "one").json() == {"order": {"client_order_id": "one", "status": "PENDING"}}
        assert refusal(by_client_id(poor, "two")) == (404, "ORDER_NOT_FOUND")
        house.let_engine_go_on()
    assert [answer.result().status_code for answer in answers] == [200, 422]
    assert by_client_id(rich, "one").json()["order"]["status"] == "NEW"
    assert by_client_id(poor, "one").json()["order"]["status"] == "REJECTED"


def test_a_refused_order_that_is_tried_again_is_pending_meanwhile(house: House, carol: Trader) -> None:
    assert refusal(carol.try_order(client_order_id="one")) == (422, "INSUFFICIENT_FUNDS")
    carol.fund(USDB="100")
    with house.engine_held(), ThreadPoolExecutor() as pool:
        answer = pool.submit(carol.try_order, client_order_id="one")
        until(lambda: is_pending(carol, "one"))
        house.let_engine_go_on()
    assert answer.result().status_code == 200
    assert by_client_id(carol, "one").json()["order"]["status"] == "NEW"


def test_an_order_that_is_read_after_its_window_never_appears(house: House, alice: Trader) -> None:
    with house.engine_held(), ThreadPoolExecutor() as pool:
        body = order(client_order_id="late")
        late = pool.submit(alice.send, "POST", "/api/v1/orders", body, window_ms=400)
        until(lambda: is_pending(alice, "late"))
        in_time = pool.submit(alice.try_order, client_order_id="in-time")
        time.sleep(0.4)
        house.let_engine_go_on()
    assert refusal(late.result()) == (408, "DEADLINE_PASSED")
    assert in_time.result().status_code == 200
    found = alice.get("/api/v1/orders/by-client-id/late")["order"]
    assert (found["status"], found["reject_reason"]) == ("REJECTED", "DEADLINE_PASSED")
    assert [row["client_order_id"] for row in alice.get("/api/v1/orders")["orders"]] == ["in-time"]


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 37, "a b", "é", "a.b", "a/b", "a\n", "\u200ba", "%41", "x" * 10_000]
)
def test_an_id_of_another_form_is_refused(mallory: Trader, name: str) -> None:
    answer = mallory.try_order(client_order_id=name)
    assert refusal(answer) == (400, "INVALID_CLIENT_ORDER_ID")
    assert field_of(answer) == "client_order_id"


def test_ids_of_every_allowed_form_are_taken(alice: Trader) -> None:
    for name in ("A", "0", "-", "_", "x" * 36, "a-B_9"):
        assert alice.place(client_order_id=name, quantity="0.02")["order"]["client_order_id"] == name
        assert alice.get(f"/api/v1/orders/by-client-id/{name}")["order"]["client_order_id"] == name
