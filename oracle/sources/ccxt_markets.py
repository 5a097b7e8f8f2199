"""What the usual exchanges call the usual pairs, so that nobody loads thousands of markets for one price."""

from typing import Any

# What an exchange calls a pair in its REST API, as ccxt's market has it under `id`.
_IDS = {
    "binance": {"BTC/USDT": "BTCUSDT", "BTC/USDC": "BTCUSDC", "USDC/USDT": "USDCUSDT"},
    "binanceus": {"BTC/USDT": "BTCUSDT", "BTC/USDC": "BTCUSDC", "BTC/USD": "BTCUSD", "USDT/USD": "USDTUSD"},
    "coinbase": {"BTC/USD": "BTC-USD", "USDT/USD": "USDT-USD", "BTC/USDT": "BTC-USDT"},
    "kraken": {
        "BTC/USD": "XXBTZUSD",
        "BTC/USDT": "XBTUSDT",
        "BTC/USDC": "XBTUSDC",
        "USDT/USD": "USDTZUSD",
        "USDC/USD": "USDCUSD",
    },
    "bitstamp": {"BTC/USD": "btcusd", "BTC/USDT": "btcusdt", "USDT/USD": "usdtusd", "USDC/USD": "usdcusd"},
    "okx": {"BTC/USDT": "BTC-USDT", "BTC/USDC": "BTC-USDC"},
    "bitfinex": {"BTC/USD": "tBTCUSD", "BTC/USDT": "tBTCUST", "USDT/USD": "tUSTUSD"},
}

# Whose answer always has a time: without one it is no answer of theirs, rather than one of this moment.
SAY_WHEN = {"binance", "binanceus", "bitstamp", "coinbase", "okx"}

_NAMED_IN = ("symbol", "product_id", "pair")  # of an answer, where it says whose it is


def names_another(kind: str, pair: str, said: object) -> bool:
    """Whether an answer for a known market says itself that it is another's: ccxt does not look at that."""
    market_id = _IDS.get(kind, {}).get(pair)
    if market_id is None or not isinstance(said, dict):
        return False
    right = {_letters(market_id), _letters(pair)}
    named = [said[field] for field in _NAMED_IN if isinstance(said.get(field), str)]
    return any(_letters(one) not in right for one in named)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).upper()


def known_market(kind: str, pair: str) -> dict[str, Any] | None:
    """The market as ccxt describes one, or None: then it must be asked for."""
    market_id = _IDS.get(kind, {}).get(pair)
    if market_id is None:
        return None
    base, quote = pair.split("/")
    return {
        "id": market_id,
        "lowercaseId": market_id.lower(),
        "symbol": pair,
        "base": base,
        "quote": quote,
        "baseId": base,
        "quoteId": quote,
        "type": "spot",
        "spot": True,
        "margin": False,
        "swap": False,
        "future": False,
        "option": False,
        "contract": False,
        "linear": False,
        "inverse": False,
        "active": True,
        "info": {},
    }
