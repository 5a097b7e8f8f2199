"""One's own account: balances of the trading wallet, fees, limits, what a key may do."""

from typing import Any

from access.http import Scope
from access.selectors import live_keys
from custody.selectors import takes_deposits
from exchange.compat.binance import refusals
from exchange.compat.binance.amounts import amount_text
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter, flag
from exchange.compat.binance.spot.commissions import (
    account_rates,
    basis_points,
    commission_of_account,
    rate_text,
)
from exchange.compat.binance.symbols import find_by_symbol, symbol
from exchange.rendering import NS_PER_MS
from exchange.selectors import last_change_ns
from exchange.wallets import Holding, holdings_of
from ledger.selectors import assets

NOTHING = Holding()


def _account(call: Call) -> object:
    maker, taker = account_rates(call.account)
    return {
        "makerCommission": basis_points(maker),
        "takerCommission": basis_points(taker),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": rate_text(maker),
            "taker": rate_text(taker),
            "buyer": rate_text(0),
            "seller": rate_text(0),
        },
        "canTrade": Scope.TRADE in call.caller.scopes,
        "canWithdraw": False,
        "canDeposit": takes_deposits(),
        "brokered": False,
        "requireSelfTradePrevention": True,
        "preventSor": False,
        "updateTime": last_change_ns(account=call.account) // NS_PER_MS,
        "accountType": "SPOT",
        "balances": _balances(call.account, without_empty=call.values["omitZeroBalances"]),
        "permissions": ["SPOT"],
        "uid": call.account,
    }


def _balances(account: int, *, without_empty: bool) -> list[dict[str, str]]:
    """Of every asset that there is, over all shards."""
    holdings = holdings_of(account)
    return [
        {
            "asset": code,
            "free": amount_text(holding.trading_free, asset.decimals),
            "locked": amount_text(holding.trading_locked, asset.decimals),
        }
        for code, asset in assets().items()
        for holding in (holdings.get(code, NOTHING),)
        if not without_empty or holding.trading_free or holding.trading_locked
    ]


def _commission(call: Call) -> object:
    return commission_of_account(call.account, find_by_symbol(call.values["symbol"]))


async def _order_limits(call: Call) -> object:
    if call.counted.epoch is None:  # without Redis nobody knows
        raise refusals.unavailable()
    return call.counted.order_limits()


def _restrictions(call: Call) -> dict[str, Any]:
    """Of the key that asks."""
    key = live_keys(call.account).filter(pk=call.caller.key_id).first()
    if key is None:
        raise refusals.unavailable()  # revoked a moment ago
    may_trade = Scope.TRADE in call.caller.scopes
    return {
        "ipRestrict": bool(key.allowed_networks),
        "createTime": int(key.created_at.timestamp() * 1000),
        "enableReading": Scope.READ in call.caller.scopes,
        "enableSpotAndMarginTrading": may_trade,
        "permitsUniversalTransfer": may_trade,
        "enableWithdrawals": False,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "enableVanillaOptions": False,
        "enablePortfolioMarginTrading": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
    }


OPERATIONS = (
    Operation(
        "binance.account",
        _account,
        http=("GET", "/api/v3/account"),
        socket="account.status",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(Parameter("omitZeroBalances", flag, default=False),),
        weight=20,
    ),
    Operation(
        "binance.account.commission",
        _commission,
        http=("GET", "/api/v3/account/commission"),
        socket="account.commission",
        security=Security.SIGNED,
        scope=Scope.READ,
        parameters=(symbol(),),
        weight=20,
    ),
    Operation(
        "binance.account.order_limits",
        _order_limits,
        http=("GET", "/api/v3/rateLimit/order"),
        socket="account.rateLimits.orders",
        security=Security.SIGNED,
        scope=Scope.READ,
        weight=40,
    ),
    Operation(
        "binance.account.restrictions",
        _restrictions,
        http=("GET", "/sapi/v1/account/apiRestrictions"),
        security=Security.SIGNED,
        scope=Scope.READ,
    ),
)
