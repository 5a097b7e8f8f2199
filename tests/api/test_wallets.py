"""One's own money: balances, the faucet, transfers between funding wallet and trading account."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.api.people import MakeTrader, Trader, field_of, in_parallel, refusal, succeeded, transfer
from tests.support.waiting import until

TRANSFERS = "/api/v1/transfers"
OUT = {"from_wallet": "TRADING", "to_wallet": "FUNDING"}


def test_who_has_nothing_has_no_balances(carol: Trader) -> None:
    assert carol.get("/api/v1/balances") == {"balances": []}


def test_the_faucet_fills_the_funding_wallet(carol: Trader) -> None:
    answer = succeeded(carol.ask_faucet(asset="BTC", amount="1.50"))
    assert answer == {"asset": "BTC", "amount": "1.50000000", "funding_available": "1.50000000"}
    assert carol.holding("BTC") == {
        "funding_available": "1.50000000",
        "funding_pending": "0.00000000",
        "trading_free": "0.00000000",
        "trading_locked": "0.00000000",
    }


def test_the_faucet_gives_once_for_a_key(carol: Trader) -> None:
    first = carol.ask_faucet(key="k", asset="BTC", amount="1")
    assert carol.ask_faucet(key="k", asset="BTC", amount="1").content == first.content
    assert refusal(carol.ask_faucet(key="k", asset="BTC", amount="2")) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert carol.holding("BTC")["funding_available"] == "1.00000000"


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"asset": "XYZ", "amount": "1"}, 404, "ASSET_NOT_FOUND", "asset"),
        ({"asset": "btc", "amount": "1"}, 400, "INVALID_ASSET", "asset"),
        ({"asset": "BTC", "amount": "0"}, 400, "OUT_OF_RANGE", "amount"),
        ({"asset": "BTC", "amount": "0.000000001"}, 400, "PRECISION", "amount"),
        ({"asset": "BTC", "amount": "10000000.00000001"}, 400, "OUT_OF_RANGE", "amount"),
        ({"asset": "BTC", "amount": "999999999999999999"}, 400, "OUT_OF_RANGE", "amount"),
        ({"asset": "BTC", "amount": 1}, 400, "INVALID_TYPE", "amount"),
        ({"asset": "BTC"}, 400, "MISSING_FIELD", "amount"),
        ({"amount": "1"}, 400, "MISSING_FIELD", "asset"),
    ],
)
def test_the_faucet_refuses_what_it_cannot_give(
    mallory: Trader, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = mallory.ask_faucet(**body)
    assert refusal(answer) == (status, code)
    assert field_of(answer) == field


def test_money_goes_to_trading_and_back(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    there = succeeded(carol.move(amount="10"))["transfer"]
    assert there.pop("transfer_id")
    assert there.pop("created_at_ms") > 1_700_000_000_000
    assert there == {
        "asset": "USDB",
        "amount": "10.00000000",
        "from_wallet": "FUNDING",
        "to_wallet": "TRADING",
        "status": "POSTED",
        "shard": 0,
        "reject_reason": None,
    }
    assert carol.trading("USDB") == ("10.00000000", "0.00000000")
    back = succeeded(carol.move(**OUT, amount="4"))["transfer"]
    assert (back["from_wallet"], back["status"]) == ("TRADING", "POSTED")
    assert carol.get(f"{TRANSFERS}/{back['transfer_id']}")["transfer"] == back
    assert carol.holding("USDB") == {
        "funding_available": "4.00000000",
        "funding_pending": "0.00000000",
        "trading_free": "6.00000000",
        "trading_locked": "0.00000000",
    }


def test_more_than_there_is_is_refused_on_the_way_in(carol: Trader) -> None:
    assert refusal(carol.move(amount="1")) == (422, "INSUFFICIENT_FUNDS")
    carol.ask_faucet(asset="USDB", amount="1")
    answer = carol.move(amount="1.00000001")
    assert refusal(answer) == (422, "INSUFFICIENT_FUNDS")
    assert field_of(answer) == "amount"
    assert carol.get(TRANSFERS)["transfers"] == []


def test_more_than_is_free_is_refused_on_the_way_out(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="100")
    dora.place(price="100", quantity="0.5")  # locks 50.02500001
    answer = dora.move(**OUT, amount="50")
    assert refusal(answer) == (422, "INSUFFICIENT_FUNDS")
    assert field_of(answer) == "amount"
    (refused, _) = dora.get(TRANSFERS)["transfers"]
    assert (refused["status"], refused["reject_reason"]) == ("REFUSED", "INSUFFICIENT_FUNDS")
    assert answer.json()["error"]["transfer_id"] == refused["transfer_id"]
    assert succeeded(dora.move(**OUT, amount="49.97499999"))["transfer"]["status"] == "POSTED"
    assert dora.trading("USDB") == ("0.00000000", "50.02500001")


def test_a_refused_transfer_has_one_answer_too(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="10")
    first = dora.move(**OUT, key="again", amount="11")
    assert dora.move(**OUT, key="again", amount="11").content == first.content
    assert len(dora.get(TRANSFERS)["transfers"]) == 2


def test_from_and_to_must_differ(mallory: Trader) -> None:
    answer = mallory.move(to_wallet="FUNDING")
    assert refusal(answer) == (422, "SAME_ACCOUNT")
    assert field_of(answer) == "to_wallet"


def test_a_repeated_transfer_gets_the_first_answer_byte_for_byte(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    first = carol.move(key="once")
    assert carol.move(key="once").content == first.content
    assert refusal(carol.move(key="once", amount="2")) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert carol.holding("USDB")["trading_free"] == "1.00000000"


def test_twenty_repeats_at_once_move_the_money_once(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    answers = in_parallel(lambda _: carol.move(key="once"), 20)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} <= {"IN_FLIGHT"}
    assert carol.holding("USDB")["trading_free"] == "1.00000000"


def test_keys_of_different_users_have_nothing_to_do_with_each_other(trader: MakeTrader) -> None:
    for name in ("dora", "erin"):
        person = trader(name)
        person.ask_faucet(asset="USDB", amount="5", key="same")
        assert succeeded(person.move(key="other"))["transfer"]["status"] == "POSTED"


@pytest.mark.parametrize("path", [TRANSFERS, "/api/v1/faucet"])
@pytest.mark.parametrize("key", [None, "", "a b", "x" * 65, "x" * 10_000, "a,b", "a=b"])
def test_without_a_proper_idempotency_key_no_money_moves(mallory: Trader, path: str, key: str | None) -> None:
    body = transfer() if path == TRANSFERS else {"asset": "BTC", "amount": "1"}
    answer = mallory.send("POST", path, body, headers={} if key is None else {"Idempotency-Key": key})
    assert refusal(answer) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert field_of(answer) == "Idempotency-Key"


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"asset": "XYZ"}, 404, "ASSET_NOT_FOUND", "asset"),
        ({"asset": "B"}, 400, "INVALID_ASSET", "asset"),
        ({"amount": "0"}, 400, "OUT_OF_RANGE", "amount"),
        ({"amount": "-1"}, 400, "INVALID_NUMBER", "amount"),
        ({"amount": "0.000000001"}, 400, "PRECISION", "amount"),
        ({"amount": "92233720368.54775808"}, 400, "OUT_OF_RANGE", "amount"),
        ({"from_wallet": "funding"}, 400, "INVALID_CHOICE", "from_wallet"),
        ({"to_wallet": "BANK"}, 400, "INVALID_CHOICE", "to_wallet"),
        ({"to_user": "bob"}, 400, "UNKNOWN_FIELD", "to_user"),
        ({"user_id": 1}, 400, "UNKNOWN_FIELD", "user_id"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    mallory: Trader, changes: dict[str, object], status: int, code: str, field: str
) -> None:
    answer = mallory.move(**changes)
    assert refusal(answer) == (status, code)
    assert field_of(answer) == field


def test_anothers_transfer_is_as_absent_as_one_that_never_was(carol: Trader, mallory: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="1")
    theirs = succeeded(carol.move())["transfer"]["transfer_id"]
    answers = [mallory.send("GET", f"{TRANSFERS}/{name}") for name in (theirs, "999999999")]
    assert [refusal(answer) for answer in answers] == [(404, "TRANSFER_NOT_FOUND")] * 2
    assert len({answer.json()["error"]["message"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("abc", 404, "TRANSFER_NOT_FOUND"),
        ("9223372036854775807", 404, "TRANSFER_NOT_FOUND"),
        ("9223372036854775808", 400, "OUT_OF_RANGE"),
    ],
)
def test_an_id_that_no_transfer_can_have_is_refused(
    mallory: Trader, name: str, status: int, code: str
) -> None:
    assert refusal(mallory.send("GET", f"{TRANSFERS}/{name}")) == (status, code)


def test_a_transfer_that_the_engine_does_not_take_yet_is_on_its_way_and_arrives(
    house: House, carol: Trader
) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    with house.engine_gone():
        answer = carol.move(amount="7", key="late")
        assert answer.status_code == 202
        assert answer.json()["transfer"]["status"] == "PENDING"
        assert carol.holding("USDB")["funding_available"] == "3.00000000"
        assert carol.holding("USDB")["funding_pending"] == "7.00000000"
    path = f"{TRANSFERS}/{answer.json()['transfer']['transfer_id']}"
    until(lambda: bool(carol.get(path)["transfer"]["status"] == "POSTED"))
    assert carol.trading("USDB") == ("7.00000000", "0.00000000")
    # A repeat says what was said first; how it ended is the transfer's own page.
    assert carol.move(amount="7", key="late").content == answer.content


def test_outside_demo_mode_there_is_no_faucet(house: House, carol: Trader) -> None:
    with house.another_web(BALLAST_DEMO="0") as url, httpx.Client(base_url=url, timeout=20) as client:
        visitor = replace(carol, client=client)
        answer = visitor.ask_faucet(asset="BTC", amount="1")
        assert refusal(answer) == (403, "DEMO_ONLY")
        assert answer.json()["error"]["message"] == "Play money exists in demo mode only."
        assert visitor.get("/api/v1/balances") == {"balances": []}


def test_a_transfer_says_its_shard_and_refuses_one_that_does_not_trade_the_asset(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    assert succeeded(carol.move(shard=0))["transfer"]["shard"] == 0
    assert succeeded(carol.move())["transfer"]["shard"] == 0
    answer = carol.move(shard=1)
    assert (refusal(answer), field_of(answer)) == ((422, "SHARD_REQUIRED"), "shard")
    assert answer.json()["error"]["shards"] == [0]
    for shard in (-1, 64, 2**64):
        answer = carol.move(shard=shard)
        assert (refusal(answer), field_of(answer)) == ((400, "OUT_OF_RANGE"), "shard")
    assert refusal(carol.move(shard="0")) == (400, "INVALID_TYPE")


def test_fills_are_listed_by_order(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100", quantity="0.1")
    bob.place(side="SELL", price="101", quantity="0.1")
    one = alice.place(price="101", quantity="0.15")
    two = alice.place(price="101", quantity="0.05")
    for placed in (one, two):
        number = placed["order"]["order_id"]
        assert alice.get(f"/api/v1/fills?order_id={number}")["fills"] == placed["fills"][::-1]
        assert refusal(bob.send("GET", f"/api/v1/fills?order_id={number}")) == (404, "ORDER_NOT_FOUND")
    first = alice.get(f"/api/v1/fills?order_id={one['order']['order_id']}&limit=1")
    path = f"/api/v1/fills?order_id={one['order']['order_id']}&cursor={first['next_cursor']}"
    assert first["fills"] + alice.get(path)["fills"] == one["fills"][::-1]
    for text, code in (("0", "INVALID_NUMBER"), ("x", "INVALID_NUMBER"), (str(2**63), "OUT_OF_RANGE")):
        assert refusal(alice.send("GET", f"/api/v1/fills?order_id={text}")) == (400, code)
