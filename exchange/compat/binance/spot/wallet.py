"""`/sapi/v1`: wallets, fees, and the state of the house and of the account."""

from typing import Any

from access.http import Scope
from exchange.alive import engines_take_commands
from exchange.compat.binance.amounts import amount_text
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter, matching
from exchange.compat.binance.spot import coins, transfers
from exchange.compat.binance.spot.bitcoin import COIN
from exchange.compat.binance.spot.commissions import trade_fee
from exchange.compat.binance.symbols import find_by_symbol, symbol
from exchange.fee_tiers import rates_of
from exchange.selectors import fresh_markets
from exchange.wallets import holdings_of
from ledger.selectors import assets

ASSET = Parameter("asset", matching(COIN))


async def _system(call: Call) -> object:
    """Normal while every engine takes commands."""
    if await engines_take_commands():
        return {"status": 0, "msg": "normal"}
    return {"status": 1, "msg": "system_maintenance"}


def _trade_fees(call: Call) -> object:
    name = call.values["symbol"]
    markets = [find_by_symbol(name)] if name else list(fresh_markets().values())
    rates = rates_of(call.account)
    return [trade_fee(rates[market.symbol], market) for market in markets]


def _funding_assets(call: Call) -> object:
    """What is on its way into the trading wallet is frozen."""
    return _held(
        call,
        {
            code: (holding.funding_available, 0, holding.funding_pending)
            for code, holding in holdings_of(call.account).items()
        },
    )


def _user_assets(call: Call) -> object:
    return _held(
        call,
        {
            code: (holding.trading_free, holding.trading_locked, 0)
            for code, holding in holdings_of(call.account).items()
        },
    )


def _held(call: Call, amounts: dict[str, tuple[int, int, int]]) -> list[dict[str, Any]]:
    """By asset free, locked and frozen atoms: those of which there is any."""
    known, asked = assets(), call.values["asset"]
    return [
        {
            "asset": code,
            "free": amount_text(free, known[code].decimals),
            "locked": amount_text(locked, known[code].decimals),
            "freeze": amount_text(frozen, known[code].decimals),
            "withdrawing": amount_text(0, known[code].decimals),
        }
        for code, (free, locked, frozen) in amounts.items()
        if (free or locked or frozen) and asked in (None, code)
    ]


async def _status(call: Call) -> object:
    return {"data": "Normal"}


async def _trading_status(call: Call) -> object:
    """Nobody's trading is locked by a rule."""
    return {"data": {"isLocked": False, "plannedRecoverTime": 0, "triggerCondition": {}, "updateTime": 0}}


def _signed(name: str, run: Any, method: str, path: str, **rest: Any) -> Operation:
    return Operation(name, run, http=(method, path), security=Security.SIGNED, scope=Scope.READ, **rest)


OPERATIONS = (
    Operation("binance.system", _system, http=("GET", "/sapi/v1/system/status")),
    _signed(
        "binance.trade_fees",
        _trade_fees,
        "GET",
        "/sapi/v1/asset/tradeFee",
        parameters=(symbol(required=False),),
    ),
    _signed(
        "binance.funding_assets",
        _funding_assets,
        "POST",
        "/sapi/v1/asset/get-funding-asset",
        parameters=(ASSET,),
    ),
    _signed(
        "binance.user_assets",
        _user_assets,
        "POST",
        "/sapi/v3/asset/getUserAsset",
        parameters=(ASSET,),
        weight=5,
    ),
    _signed("binance.account_status", _status, "GET", "/sapi/v1/account/status"),
    _signed("binance.trading_status", _trading_status, "GET", "/sapi/v1/account/apiTradingStatus"),
    *coins.OPERATIONS,
    *transfers.OPERATIONS,
)
