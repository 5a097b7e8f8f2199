"""The suite that ccxt's maintainers hold Binance to, unchanged, from the installed wheel."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import own_suite
from conformance.house import House
from conformance.spoiling import spoiled
from conformance.verdict import Verdict, verdict_of

# Each with its reason; there is no other line that may be skipped.
SKIPS: own_suite.Skips = {
    "orderBook": {"timestamp": "Binance's spot depth has no time, so ccxt has none either"},
    "fetchBorrowInterest": "the house lends nothing",
    "fetchMarginModes": "given a spot symbol ccxt refuses before it asks anybody",
}
PUBLIC = {
    *("loadMarkets", "fetchCurrencies", "fetchTicker", "fetchTickers", "fetchLastPrices", "fetchOHLCV"),
    *("fetchTrades", "fetchOrderBook", "fetchStatus"),
}
PRIVATE = {
    *("fetchBalance", "fetchTradingFees", "fetchOrders", "fetchOpenOrders", "fetchClosedOrders"),
    *("fetchMyTrades", "fetchDeposits", "fetchWithdrawals", "fetchTransfers"),
}
WATCHED = {
    *("watchOHLCV", "watchTicker", "watchTickers", "watchBidsAsks", "watchOrderBook"),
    *("watchTrades", "watchTradesForSymbols", "watchOrderBookForSymbols", "watchOHLCVForSymbols"),
    *("watchBalance", "watchMyTrades", "watchOrders"),
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ballast-ccxt-") as path:
        yield Path(path)


def tried(house: House, folder: Path, url: str, required: set[str], *options: str) -> Verdict:
    own_suite.lay_out(folder, url, house.people["toby"], SKIPS)
    run = own_suite.run(folder, *options)
    return verdict_of(run.output, run.exit_code, required, SKIPS)


def test_its_sync_client_passes(house: House, folder: Path) -> None:
    verdict = tried(house, folder, house.url, PUBLIC | PRIVATE, "--sync", "--private")
    assert verdict.passed, "\n".join(verdict.wrong)


def test_its_async_client_passes(house: House, folder: Path) -> None:
    verdict = tried(house, folder, house.url, PUBLIC | PRIVATE, "--private")
    assert verdict.passed, "\n".join(verdict.wrong)


def test_its_websocket_client_passes(house: House, folder: Path) -> None:
    verdict = tried(house, folder, house.url, {"loadMarkets", *WATCHED}, "--ws", "--private")
    assert verdict.passed, "\n".join(verdict.wrong)


def test_one_wrong_answer_fails_it(house: House, folder: Path) -> None:
    """Else all of the above would say nothing."""
    with spoiled(house.url, "/api/v3/depth", b'"bids":[["', b'"bids":[["1') as url:
        verdict = tried(house, folder, url, PUBLIC, "--sync")
    assert {"loadMarkets", "fetchTicker", "fetchTrades"} <= verdict.done
    assert "fetchOrderBook" not in verdict.done
    assert any(line.startswith("[TEST_FAILURE] binance fetchOrderBook") for line in verdict.wrong)
