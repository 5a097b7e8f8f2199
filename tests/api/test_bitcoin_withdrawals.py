"""Withdrawals over the API: what they need, what they answer, and what is nobody else's to see."""

from typing import Any

import httpx
import pytest

from tests.api.bitcoin import OUTSIDE, Saver, new_saver
from tests.api.people import Trader, field_of, in_parallel, refusal
from tests.custody.support.house import BTC, CustodyHouse

PATH = "/api/v1/withdrawals"


@pytest.fixture
def alice(client: httpx.Client, chain: CustodyHouse) -> Saver:
    """She has one bitcoin."""
    alice = new_saver(client, "alice")
    alice.paid(chain, BTC)
    return alice


def test_the_money_leaves_with_the_answer(alice: Saver) -> None:
    answer = alice.ask(amount="0.5")
    assert answer.status_code == 202
    shown = answer.json()["withdrawal"]
    assert (shown["amount"], shown["address"], shown["status"]) == ("0.50000000", OUTSIDE, "APPROVED")
    assert alice.holding("BTC")["funding_available"] == f"{0.5 - float(shown['fee']):.8f}"
    assert alice.get(f"{PATH}/{shown['withdrawal_id']}")["withdrawal"] == shown
    assert alice.get(PATH) == {"withdrawals": [shown], "next_cursor": None}


def test_canceling_gives_it_back(alice: Saver) -> None:
    number = alice.ask(amount="0.5").json()["withdrawal"]["withdrawal_id"]
    assert alice.delete(f"{PATH}/{number}")["withdrawal"]["status"] == "CANCELED"
    assert alice.delete(f"{PATH}/{number}")["withdrawal"]["status"] == "CANCELED"
    assert alice.holding("BTC")["funding_available"] == "1.00000000"


def test_a_repeat_is_answered_byte_for_byte(alice: Saver) -> None:
    code = alice.code()
    first, again = (alice.ask(key="once", code=code) for _ in range(2))
    assert first.content == again.content
    assert refusal(alice.ask(key="once", code=code, amount="0.2")) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(alice.get(PATH)["withdrawals"]) == 1


def test_a_code_is_good_once(alice: Saver) -> None:
    code = alice.code()
    assert alice.ask(code=code).status_code == 202
    assert alice.ask(code=code).status_code == 403


def test_the_same_request_twenty_times_at_once_happens_once(alice: Saver) -> None:
    code = alice.code()
    answers = in_parallel(lambda _: alice.ask(key="crowd", code=code), 20)
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len(alice.get(PATH)["withdrawals"]) == 1


@pytest.mark.parametrize(
    ("changes", "expected", "field"),
    [
        ({"code": "000000x"}, (403, "INVALID_CODE"), None),
        ({"amount": "5"}, (422, "INSUFFICIENT_FUNDS"), "amount"),
        ({"amount": "0.00000001"}, (422, "DUST"), "amount"),
        ({"amount": "0"}, (400, "OUT_OF_RANGE"), "amount"),
        ({"amount": "0.123456789"}, (400, "PRECISION"), "amount"),
        ({"amount": "1e2"}, (400, "INVALID_NUMBER"), "amount"),
        ({"amount": 1}, (400, "INVALID_TYPE"), "amount"),
        ({"amount": "11"}, (422, "ABOVE_MAXIMUM"), "amount"),
        ({"asset": "USDB"}, (422, "ASSET_NOT_SUPPORTED"), "asset"),
        ({"address_id": None}, (400, "MISSING_FIELD"), "address_id"),
        ({"address": OUTSIDE}, (400, "TWO_ADDRESSES"), "address"),
        ({"address_id": 999999}, (403, "ADDRESS_NOT_ALLOWED"), "address"),
        (
            {"address_id": None, "address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
            (400, "INVALID_ADDRESS"),
            "address",
        ),
        ({"address_id": None, "address": OUTSIDE[:-1] + "q"}, (400, "INVALID_ADDRESS"), "address"),
        (
            {"address_id": None, "address": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"},
            (403, "ADDRESS_NOT_ALLOWED"),
            "address",
        ),
        ({"memo": "x"}, (400, "UNKNOWN_FIELD"), "memo"),
        ({"code": None}, (400, "MISSING_FIELD"), "code"),
    ],
)
def test_what_is_wrong_is_refused_by_name_and_costs_nothing(
    alice: Saver, changes: dict[str, Any], expected: tuple[int, str], field: str | None
) -> None:
    answer = alice.ask(**{"address_id": alice.home.pk, **changes})
    if "address_id" in changes and changes["address_id"] is None and "address" not in changes:
        answer = alice.send(
            "POST",
            PATH,
            {"amount": "0.1", "code": alice.code()},
            headers={"Idempotency-Key": "no-address"},
        )
    assert refusal(answer) == expected
    if field is not None:
        assert field_of(answer) == field
    assert alice.holding("BTC")["funding_available"] == "1.00000000"


def test_without_an_idempotency_key_nothing_is_withdrawn(alice: Saver) -> None:
    body = {"amount": "0.1", "address_id": alice.home.pk, "code": alice.code()}
    assert refusal(alice.send("POST", PATH, body)) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_a_key_that_may_trade_may_not_withdraw(bob: Trader) -> None:
    body = {"amount": "0.1", "address_id": 1, "code": "123456"}
    answer = bob.send("POST", PATH, body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 403
    added = bob.send("POST", "/api/v1/withdrawal-addresses", {"address": OUTSIDE, "code": "123456"})
    assert added.status_code == 403


def test_others_withdrawals_are_not_there(alice: Saver, mallory: Trader, client: httpx.Client) -> None:
    number = alice.ask().json()["withdrawal"]["withdrawal_id"]
    eve = new_saver(client, "eve")
    for other in (mallory, eve):
        assert refusal(other.send("GET", f"{PATH}/{number}")) == (404, "NOT_FOUND")
    assert refusal(eve.send("DELETE", f"{PATH}/{number}")) == (404, "NOT_FOUND")
    assert eve.ask(address_id=alice.home.pk).status_code == 403
    assert alice.get(f"{PATH}/{number}")["withdrawal"]["status"] == "APPROVED"


def test_a_new_address_waits_and_holds_everything(alice: Saver) -> None:
    body = {"address": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "label": "new", "code": alice.code()}
    added = alice.send("POST", "/api/v1/withdrawal-addresses", body)
    assert added.status_code == 201
    shown = added.json()["address"]
    assert shown["available_at_ms"] - shown["created_at_ms"] == 24 * 3600 * 1000
    assert alice.get("/api/v1/withdrawal-addresses")["addresses"][0] == shown
    answer = alice.ask(address_id=alice.home.pk)
    assert refusal(answer) == (403, "WITHDRAWALS_HELD")
    assert answer.json()["error"]["available_at_ms"] > shown["created_at_ms"]
    limits = alice.get("/api/v1/withdrawal-limits")
    assert limits["stops"] == ["WITHDRAWALS_HELD"]
    assert limits["held_until_ms"] == answer.json()["error"]["available_at_ms"]


def test_removing_an_address_cancels_what_goes_there(alice: Saver) -> None:
    number = alice.ask().json()["withdrawal"]["withdrawal_id"]
    removed = alice.delete(f"/api/v1/withdrawal-addresses/{alice.home.pk}")
    assert removed == {"canceled": [number]}
    assert alice.get(f"{PATH}/{number}")["withdrawal"]["status"] == "CANCELED"
    assert alice.get("/api/v1/withdrawal-addresses") == {"addresses": []}


def test_limits_say_what_is_left(alice: Saver) -> None:
    before = alice.get("/api/v1/withdrawal-limits")
    alice.ask(amount="0.25")
    after = alice.get("/api/v1/withdrawal-limits")
    assert before["stops"] == after["stops"] == []
    assert float(before["day_left"]) - float(after["day_left"]) == pytest.approx(0.25)
    assert before["day_count_left"] - after["day_count_left"] == 1


def test_withdrawals_come_in_pages(client: httpx.Client, chain: CustodyHouse) -> None:
    dora = new_saver(client, "dora")
    dora.paid(chain, BTC)
    first = dora.ask(amount="0.01").json()["withdrawal"]
    page = dora.get(f"{PATH}?limit=1")
    assert page == {"withdrawals": [first], "next_cursor": None}
    assert refusal(dora.send("GET", f"{PATH}?cursor=abc")) == (400, "INVALID_CURSOR")
    assert dora.get(f"{PATH}?status=CANCELED")["withdrawals"] == []
