"""`/sapi/v1/capital`: coins, and the ways in and out of the house."""

from typing import Any

from access.http import Scope
from exchange.compat.binance.amounts import amount_text
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter, decimal, matching
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.account import NOTHING
from exchange.compat.binance.spot.bitcoin import COIN, LIST, address, deposits, networks, withdrawals
from exchange.selectors import fresh_markets
from exchange.wallets import holdings_of
from ledger.selectors import assets

TEXT = r"^[^\x00-\x1f\x7f]{1,200}$"


def _coins(call: Call) -> object:
    holdings = holdings_of(call.account)
    traded = {code for market in fresh_markets().values() for code in (market.base_asset, market.quote_asset)}
    return [
        _coin(code, asset.name, asset.decimals, holdings.get(code, NOTHING), trading=code in traded)
        for code, asset in assets().items()
    ]


def _coin(code: str, name: str, decimals: int, holding: Any, *, trading: bool) -> dict[str, Any]:
    nothing = amount_text(0, decimals)
    return {
        "coin": code,
        "name": name,
        "depositAllEnable": bool(ways := networks(code)),
        "withdrawAllEnable": False,
        "free": amount_text(holding.trading_free, decimals),
        "locked": amount_text(holding.trading_locked, decimals),
        "freeze": nothing,
        "withdrawing": nothing,
        "ipoing": nothing,
        "ipoable": nothing,
        "storage": nothing,
        "isLegalMoney": False,
        "trading": trading,
        "networkList": ways,
    }


def _address(call: Call) -> object:
    check_coin(call.values["coin"])
    return address(call)


def _withdraw(call: Call) -> object:
    check_coin(call.values["coin"])
    raise Refusal(-4019, "Current asset is not open for withdrawal.")


def check_coin(code: str) -> None:
    if code not in assets():
        raise Refusal(-4018, "We don't have this asset.")


_COIN = Parameter("coin", matching(COIN), required=True)

OPERATIONS = (
    Operation(
        "binance.coins",
        _coins,
        http=("GET", "/sapi/v1/capital/config/getall"),
        security=Security.SIGNED,
        scope=Scope.READ,
        weight=10,
    ),
    Operation(
        "binance.deposits",
        deposits,
        http=("GET", "/sapi/v1/capital/deposit/hisrec"),
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=LIST,
    ),
    Operation(
        "binance.withdrawals",
        withdrawals,
        http=("GET", "/sapi/v1/capital/withdraw/history"),
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=LIST,
    ),
    Operation(
        "binance.deposit_address",
        _address,
        http=("GET", "/sapi/v1/capital/deposit/address"),
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(_COIN,),
        weight=10,
    ),
    Operation(
        "binance.withdraw",
        _withdraw,
        http=("POST", "/sapi/v1/capital/withdraw/apply"),
        security=Security.SIGNED,
        scope=Scope.READ,  # nothing happens, and everybody may know why
        parameters=(
            _COIN,
            Parameter("address", matching(TEXT), required=True),
            decimal("amount", required=True),
        ),
    ),
)
