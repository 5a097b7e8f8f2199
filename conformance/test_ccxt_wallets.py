"""Money as ccxt sees and moves it: balances, transfers between wallets, and what custody cannot do yet."""

import time
from collections.abc import Callable
from typing import Any

import ccxt
import pytest

from conformance.native import Native


def test_balances_are_those_of_the_trading_wallet(rita: Any, native: Callable[[str], Native]) -> None:
    balance = rita.fetch_balance()
    for asset in ("BTC", "ETH", "USDB"):
        free, locked = native("rita").trading(asset)
        assert balance[asset]["free"] == float(free)
        assert balance[asset]["used"] == float(locked)
        assert balance[asset]["total"] == float(free) + float(locked)


def test_the_funding_wallet_is_another_one(rita: Any) -> None:
    funding = rita.fetch_balance({"type": "funding"})
    assert funding["BTC"]["free"] == 10


def test_money_moves_between_the_wallets_and_back(bert: Any, native: Callable[[str], Native]) -> None:
    before = float(native("bert").trading("BTC")[0])
    there = bert.transfer("BTC", 1.5, "spot", "funding")
    assert there["id"]
    assert _settles(native("bert"), before - 1.5)
    bert.transfer("BTC", 1.5, "funding", "spot")
    assert _settles(native("bert"), before)
    listed = bert.fetch_transfers("BTC", None, 10, {"fromAccount": "spot", "toAccount": "funding"})
    assert there["id"] in {one["id"] for one in listed}


def _settles(native: Native, wanted: float) -> bool:
    ends = time.monotonic() + 10
    while float(native.trading("BTC")[0]) != pytest.approx(wanted):
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def test_what_nobody_has_cannot_be_moved(paul: Any) -> None:
    with pytest.raises((ccxt.InsufficientFunds, ccxt.BadRequest, ccxt.OperationRejected)):
        paul.transfer("BTC", 5, "funding", "spot")


def test_there_are_no_deposits_and_withdrawals_yet(anna: Any) -> None:
    assert anna.fetch_deposits("BTC") == []
    assert anna.fetch_withdrawals("BTC") == []
    with pytest.raises(ccxt.ExchangeError):
        anna.fetch_deposit_address("BTC")
    with pytest.raises(ccxt.ExchangeError):
        anna.withdraw("BTC", 0.1, "bc1qxyz0000000000000000000000000000000000")
