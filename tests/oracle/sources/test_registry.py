"""A name makes the source of its kind, and nothing large is loaded for a name that does not need it."""

import subprocess
import sys
from pathlib import Path

import pytest

from oracle.rules.names import NoSource
from oracle.sources.registry import is_kind, make_source, make_sources
from oracle.sources.surroundings import Surroundings, UnsafeAddress, checked_address

_LOADS_NO_CCXT = """
import sys
from oracle.sources.registry import is_kind, make_sources
from oracle.sources.surroundings import Surroundings
make_sources(["simulated:1", "pyth:BTC/USD", "house:BTC-USDB"], Surroundings(redis_url="redis://localhost"))
assert is_kind("kraken")
assert "ccxt" not in sys.modules, "ccxt was loaded"
"""


def test_ccxt_is_loaded_only_for_an_exchange() -> None:
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", _LOADS_NO_CCXT], cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "name", ["binance", "coinbase", "kraken", "bitstamp", "okx", "bitfinex", "gemini", "bybit"]
)
def test_any_exchange_that_ccxt_knows_is_a_source(name: str) -> None:
    assert make_source(f"{name}:BTC/USD", Surroundings()).name == f"{name}:BTC/USD"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "binance",
        "binance:",
        ":BTC/USD",
        "binance:BTC",
        "nowhere:BTC/USD",
        "base:BTC/USD",
        "errors:BTC/USD",
        "pyth:DOGE/USD",
        "recorded:nothing",
        "recorded:../../etc/passwd",
        "Exchange:BTC/USD",
        "binance:btc/usdt",
    ],
)
def test_a_name_that_nothing_has_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NoSource):
        make_source(name, Surroundings(recordings=tmp_path))


def test_sources_are_made_in_the_order_of_their_names() -> None:
    names = ["simulated:2", "pyth:BTC/USD", "simulated:1"]
    assert [source.name for source in make_sources(names, Surroundings())] == names


def test_kinds_are_known_without_making_a_source() -> None:
    kinds = ["kraken", "pyth", "house", "recorded", "simulated", "nowhere"]
    assert [is_kind(kind) for kind in kinds] == [True, True, True, True, True, False]


@pytest.mark.parametrize(
    "address",
    [
        "http://prices.example.com",
        "ftp://x",
        "prices.example.com",
        "https://",
        "https://me:word@host",
        "",
        "https://host/?q=1",
        "http://127.0.0.1.example.com",
        "file:///etc/passwd",
    ],
)
def test_an_address_without_tls_is_refused_off_this_machine(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        checked_address(address)


@pytest.mark.parametrize("address", ["https://prices.example.com/", "http://127.0.0.1:80", "http://[::1]:80"])
def test_an_address_with_tls_or_on_this_machine_is_taken(address: str) -> None:
    assert checked_address(address) == address.rstrip("/")
