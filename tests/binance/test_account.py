"""One's own account in Binance's words."""

import time
from decimal import Decimal

from access.http import Scope
from exchange.fee_tiers import rates_of
from exchange.models import AccountTier
from tests.api.house import MARKET
from tests.binance.house import SYMBOL, Trader, with_new_key
from tests.binance.payloads import missing


def test_an_account_shows_the_trading_wallet(alice: Trader) -> None:
    alice.order(price="100.00", quantity="0.1")
    answer = alice.get("/api/v3/account")
    assert answer.status == 200, answer
    assert missing("BinanceSpotAccountInfo", answer.json) == []
    balances = {row["asset"]: row for row in answer.json["balances"]}
    assert all(missing("BinanceSpotBalanceInfo", row) == [] for row in balances.values())
    free, locked = alice.person.trading("USDB")
    assert balances["USDB"] == {"asset": "USDB", "free": free, "locked": locked}
    assert Decimal(locked) > 10
    assert Decimal(balances["BTC"]["free"]) == 0
    assert answer.json["uid"] == alice.person.user_id
    assert (answer.json["canWithdraw"], answer.json["canDeposit"]) == (False, True)
    assert abs(answer.json["updateTime"] - time.time_ns() // 1_000_000) < 60_000


def test_empty_balances_may_be_left_out(alice: Trader) -> None:
    (only,) = alice.get("/api/v3/account", omitZeroBalances=True).json["balances"]
    assert only["asset"] == "USDB"


def test_an_account_that_never_did_anything_has_a_time_too(reader: Trader) -> None:
    answer = reader.get("/api/v3/account")
    assert answer.json["updateTime"] > 0
    assert {row["free"] for row in answer.json["balances"]} == {"0.00000000"}


def test_an_account_says_what_its_key_may_do(alice: Trader) -> None:
    looking = with_new_key(alice.person, scopes=[Scope.READ])
    assert alice.get("/api/v3/account").json["canTrade"] is True
    assert looking.get("/api/v3/account").json["canTrade"] is False


def test_commissions_are_those_of_the_accounts_tier(alice: Trader) -> None:
    rates = rates_of(alice.person.user_id)[MARKET]
    assert (rates.maker_fee_ppm, rates.taker_fee_ppm) == (200, 500)
    account = alice.get("/api/v3/account").json
    assert (account["makerCommission"], account["takerCommission"]) == (2, 5)
    assert account["commissionRates"]["taker"] == "0.00050000"
    commission = alice.get("/api/v3/account/commission", symbol=SYMBOL).json
    standard = commission["standardCommission"]
    assert (standard["maker"], standard["taker"]) == ("0.00020000", "0.00050000")
    assert AccountTier.objects.filter(account_id=alice.person.user_id).count() == 0


def test_the_orders_of_the_windows_are_counted(alice: Trader) -> None:
    alice.order()
    ten_seconds, day = alice.get("/api/v3/rateLimit/order").json
    assert (ten_seconds["interval"], ten_seconds["intervalNum"]) == ("SECOND", 10)
    assert (day["rateLimitType"], day["interval"], day["count"]) == ("ORDERS", "DAY", 1)


def test_a_key_says_what_it_may_do(alice: Trader) -> None:
    shown = alice.get("/sapi/v1/account/apiRestrictions").json
    assert (shown["enableReading"], shown["enableSpotAndMarginTrading"]) == (True, True)
    assert (shown["enableWithdrawals"], shown["ipRestrict"]) == (False, False)
    assert shown["createTime"] > 0
    at_home = with_new_key(alice.person, scopes=[Scope.READ], allowed_networks=["127.0.0.0/8"])
    shown = at_home.get("/sapi/v1/account/apiRestrictions").json
    assert (shown["enableSpotAndMarginTrading"], shown["ipRestrict"]) == (False, True)
