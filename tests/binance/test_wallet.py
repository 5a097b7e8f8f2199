"""`/sapi/v1` and `/sapi/v3`: coins, transfers between wallets, fees, the state of the house."""

from typing import Any

import httpx
import pytest

from access.http import Scope
from tests.api.bitcoin import new_saver
from tests.api.house import House
from tests.binance.house import SYMBOL, Answer, Trader, encode, public, signed, with_new_key
from tests.binance.payloads import missing
from tests.custody.support.house import BTC, CustodyHouse
from tests.support.waiting import wait_for

TRANSFER = "/sapi/v1/asset/transfer"


def moved(trader: Trader, **changes: Any) -> Answer:
    return trader.post(TRANSFER, **{"type": "MAIN_FUNDING", "asset": "USDB", "amount": "5", **changes})


def held(trader: Trader, path: str = "/sapi/v1/asset/get-funding-asset", **params: Any) -> Any:
    return trader.post(path, **params).json


def test_every_coin_is_listed_and_bitcoin_comes_by_its_own_network(alice: Trader) -> None:
    coins = {coin["coin"]: coin for coin in alice.get("/sapi/v1/capital/config/getall").json}
    assert {"BTC", "USDB", "ETH"} <= set(coins)
    assert coins["USDB"]["free"] == alice.person.trading("USDB")[0]
    [network] = coins["BTC"].pop("networkList")
    assert (network["network"], network["isDefault"]) == ("BTC", True)
    assert (network["depositEnable"], network["withdrawEnable"]) == (True, False)
    assert network["withdrawMin"] == "0.00010000"
    assert coins["BTC"]["depositAllEnable"] is True
    for code, coin in coins.items():
        assert coin["withdrawAllEnable"] is False
        assert code == "BTC" or (coin["depositAllEnable"], coin["networkList"]) == (False, [])


def test_a_deposit_and_a_withdrawal_are_listed(client: httpx.Client, chain: CustodyHouse) -> None:
    saver = new_saver(client, "sara")
    txid = saver.paid(chain, BTC)
    withdrawal = saver.ask(amount="0.25").json()["withdrawal"]
    sara = with_new_key(saver, scopes=[Scope.READ])
    address = sara.get("/sapi/v1/capital/deposit/address", coin="BTC").json
    assert address["address"] == saver.get("/api/v1/deposit-address")["address"]
    [deposit] = sara.get("/sapi/v1/capital/deposit/hisrec", coin="BTC").json
    assert (deposit["txId"], deposit["amount"], deposit["status"]) == (txid, "1.00000000", 1)
    assert (deposit["address"], deposit["confirmTimes"]) == (address["address"], "1/1")
    [gone] = sara.get("/sapi/v1/capital/withdraw/history").json
    assert (gone["id"], gone["amount"], gone["status"]) == (withdrawal["withdrawal_id"], "0.25000000", 4)
    assert (gone["address"], gone["transactionFee"]) == (withdrawal["address"], withdrawal["fee"])
    for query in ({"status": 1}, {"endTime": 1}, {"coin": "USDB"}, {"offset": 1}):
        assert sara.get("/sapi/v1/capital/withdraw/history", **query).json == [], query
    for query in ({"status": 0}, {"endTime": 1}, {"coin": "USDB"}, {"offset": 1}):
        assert sara.get("/sapi/v1/capital/deposit/hisrec", **query).json == [], query


def test_nothing_is_withdrawn_without_a_code(alice: Trader) -> None:
    assert alice.get("/sapi/v1/capital/deposit/hisrec", coin="BTC").json == []
    assert alice.get("/sapi/v1/capital/withdraw/history").json == []
    address = alice.get("/sapi/v1/capital/deposit/address", coin="USDB")
    assert address.refusal == (400, -1020, "This operation is not supported.")
    target = {"address": "bc1qxyz0000000000000000000000000000000000", "amount": "0.1"}
    withdrawal = alice.post("/sapi/v1/capital/withdraw/apply", coin="BTC", **target)
    assert withdrawal.refusal == (400, -4019, "Current asset is not open for withdrawal.")
    unknown = alice.post("/sapi/v1/capital/withdraw/apply", coin="NOPE", **target)
    assert unknown.refusal == (400, -4018, "We don't have this asset.")


def test_money_moves_between_the_wallets(alice: Trader) -> None:
    out = moved(alice)
    assert out.status == 200, out
    assert alice.person.holding("USDB")["funding_available"] == "5.00000000"
    assert held(alice) == [
        {
            "asset": "USDB",
            "free": "5.00000000",
            "locked": "0.00000000",
            "freeze": "0.00000000",
            "withdrawing": "0.00000000",
        }
    ]
    assert held(alice, asset="BTC") == []
    back = moved(alice, type="FUNDING_MAIN", amount="2")
    assert alice.person.trading("USDB")[0] == "99997.00000000"
    listed = alice.get(TRANSFER, type="MAIN_FUNDING").json
    (row,) = listed["rows"]
    assert (listed["total"], row["tranId"], row["status"]) == (1, out.json["tranId"], "CONFIRMED")
    assert (row["asset"], row["amount"], row["type"]) == ("USDB", "5.00000000", "MAIN_FUNDING")
    at = row["timestamp"]
    assert alice.get(TRANSFER, type="MAIN_FUNDING", startTime=at, endTime=at).json["total"] == 1
    assert alice.get(TRANSFER, type="MAIN_FUNDING", startTime=at + 1).json["rows"] == []
    inward = alice.get(TRANSFER, type="FUNDING_MAIN", size=1, current=1).json
    assert inward["rows"][0]["tranId"] == back.json["tranId"]
    assert inward["total"] == 2  # the first one funded her
    assert alice.get(TRANSFER, type="MAIN_UMFUTURE").json == {"total": 0, "rows": []}


def test_the_same_signed_transfer_is_made_once(alice: Trader) -> None:
    params = alice.stamped({"type": "MAIN_FUNDING", "asset": "USDB", "amount": "7"})
    text = signed(alice.secret, encode(params))
    first, second = (alice.send_text("POST", TRANSFER, text) for _ in range(2))
    assert first.json == second.json
    assert alice.person.holding("USDB")["funding_available"] == "7.00000000"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"type": "MAIN_UMFUTURE"}, (-1130, "Data sent for parameter 'type' is not valid.")),
        ({"asset": "NOPE"}, (-1108, "Invalid asset.")),
        ({"amount": "0"}, (-1130, "Data sent for parameter 'amount' is not valid.")),
        ({"amount": "0.000000001"}, (-1111, "Parameter 'amount' has too much precision.")),
        ({"amount": "1000000"}, (-5013, "Account has insufficient balance for requested action.")),
        ({"type": "FUNDING_MAIN"}, (-5013, "Account has insufficient balance for requested action.")),
        (
            {"amount": None},
            (-1102, "Mandatory parameter 'amount' was not sent, was empty/null, or malformed."),
        ),
        ({"fromSymbol": "NOPE"}, (-1121, "Invalid symbol.")),
    ],
)
def test_a_wrong_transfer_is_refused(
    alice: Trader, changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert moved(alice, **changes).refusal == (400, *refusal)
    assert alice.person.trading("USDB")[0] == "100000.00000000"


def test_a_transfer_needs_a_key_that_may_trade(alice: Trader) -> None:
    looking = with_new_key(alice.person, scopes=[Scope.READ])
    assert moved(looking).refusal[:2] == (401, -2015)


def done(answer: Answer) -> Answer | None:
    return None if answer.status == 408 else answer


def test_a_transfer_that_is_on_its_way_is_not_called_done(house: House, alice: Trader) -> None:
    params = alice.stamped({"type": "MAIN_FUNDING", "asset": "USDB", "amount": "3", "recvWindow": 60_000})
    text = signed(alice.secret, encode(params))
    with house.engine_held():
        assert alice.send_text("POST", TRANSFER, text).refusal[:2] == (408, -1007)
    again = wait_for("it to be done", lambda: done(alice.send_text("POST", TRANSFER, text)))
    assert again.json["tranId"] == alice.get(TRANSFER, type="MAIN_FUNDING").json["rows"][0]["tranId"]
    assert alice.person.holding("USDB")["funding_available"] == "3.00000000"


def test_what_is_in_the_trading_wallet_is_an_asset_of_the_user(alice: Trader) -> None:
    alice.order(price="100.00", quantity="0.1")
    (row,) = held(alice, "/sapi/v3/asset/getUserAsset")
    assert (row["asset"], row["free"], row["locked"]) == ("USDB", *alice.person.trading("USDB"))


def test_fees_of_one_market_or_of_all_are_told(reader: Trader) -> None:
    (row,) = reader.get("/sapi/v1/asset/tradeFee", symbol=SYMBOL).json
    assert missing("BinanceSpotTradeFee", row) == []
    assert (row["makerCommission"], row["takerCommission"]) == ("0.00020000", "0.00050000")
    every = {one["symbol"] for one in reader.get("/sapi/v1/asset/tradeFee").json}
    assert {SYMBOL, "ETHBTC", "DOTUSDB"} <= every
    assert reader.get("/sapi/v1/asset/tradeFee", symbol="NOPE").refusal[1] == -1121


def test_the_house_says_whether_it_takes_orders(house: House, client: httpx.Client) -> None:
    assert public(client, "/sapi/v1/system/status").json == {"status": 0, "msg": "normal"}
    with house.engine_gone():
        shown = public(client, "/sapi/v1/system/status").json
    assert shown == {"status": 1, "msg": "system_maintenance"}


def test_an_account_is_in_order(reader: Trader) -> None:
    assert reader.get("/sapi/v1/account/status").json == {"data": "Normal"}
    assert reader.get("/sapi/v1/account/apiTradingStatus").json["data"]["isLocked"] is False
