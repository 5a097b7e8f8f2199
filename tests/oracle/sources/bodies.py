"""Bodies of the shape that each exchange really sends, for a pair at a price."""

from datetime import UTC, datetime
from typing import Any

from oracle.sources.pyth_feeds import FEEDS

TIME_MS = 1_795_000_000_123


def binance(bid: str, ask: str, last: str) -> Any:
    return {
        "symbol": "BTCUSDT",
        "priceChange": "-188.18000000",
        "priceChangePercent": "-0.159",
        "weightedAvgPrice": "118356.64734074",
        "prevClosePrice": "118637.22000000",
        "lastPrice": last,
        "lastQty": "0.00731000",
        "bidPrice": bid,
        "bidQty": "7.15931000",
        "askPrice": ask,
        "askQty": "0.09592000",
        "openPrice": "118637.21000000",
        "highPrice": "119273.36000000",
        "lowPrice": "117427.50000000",
        "volume": "14741.41491000",
        "quoteVolume": "1744744445.80640740",
        "openTime": TIME_MS - 86_400_000,
        "closeTime": TIME_MS,
        "firstId": 5_116_031_635,
        "lastId": 5_117_964_946,
        "count": 1_933_312,
    }


def coinbase(bid: str, ask: str, last: str) -> Any:
    time = datetime.fromtimestamp(TIME_MS / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    trade = {
        "trade_id": "518078013",
        "product_id": "BTC-USD",
        "price": last,
        "size": "0.00659179",
        "time": time,
        "side": "BUY",
        "bid": "",
        "ask": "",
    }
    return {"trades": [trade], "best_bid": bid, "best_ask": ask}


def kraken(bid: str, ask: str, last: str) -> Any:
    ticker = {
        "a": [ask, "1", "1.000"],
        "b": [bid, "1", "1.000"],
        "c": [last, "0.00080000"],
        "v": ["1920.83610601", "7954.00219674"],
        "p": ["52389.94668", "54022.90683"],
        "t": [23329, 80463],
        "l": ["51513.90000", "51513.90000"],
        "h": ["53219.90000", "57200.00000"],
        "o": "52280.40000",
    }
    return {"error": [], "result": {"XXBTZUSD": ticker}}


def bitstamp(bid: str, ask: str, last: str) -> Any:
    return {
        "timestamp": str(TIME_MS // 1000),
        "open": "25730",
        "high": "26252",
        "low": "25350",
        "last": last,
        "volume": "3563.13819902",
        "vwap": "25681",
        "bid": bid,
        "ask": ask,
        "side": "0",
        "open_24": "25895",
        "percent_change_24": "1.24",
        "pair": "BTC/USD",
    }


def okx(bid: str, ask: str, last: str) -> Any:
    ticker = {
        "instType": "SPOT",
        "instId": "BTC-USDT",
        "last": last,
        "lastSz": "0.1",
        "askPx": ask,
        "askSz": "11",
        "bidPx": bid,
        "bidSz": "5",
        "open24h": "9000",
        "high24h": "10000",
        "low24h": "8888.88",
        "volCcy24h": "2222",
        "vol24h": "2222",
        "ts": str(TIME_MS),
        "sodUtc0": "8500",
        "sodUtc8": "8500",
    }
    return {"code": "0", "msg": "", "data": [ticker]}


def bitfinex(bid: str, ask: str, last: str) -> str:
    return f"[{bid},24.1,{ask},21.2,-172,-0.0064,{last},2300.5,27100,26500.5]"


def pyth(price: str, confidence: str = "3287868567", exponent: int = -8) -> Any:
    update = {
        "price": price,
        "conf": confidence,
        "expo": exponent,
        "publish_time": TIME_MS // 1000,
    }
    feed = {
        "id": FEEDS["BTC/USD"],
        "price": update,
        "ema_price": update,
        "metadata": {"slot": 1, "proof_available_time": 2, "prev_publish_time": 3},
    }
    return {"binary": {"encoding": "hex", "data": ["504e41"]}, "parsed": [feed]}


EXCHANGES: dict[str, Any] = {
    "binance:BTC/USDT": binance,
    "coinbase:BTC/USD": coinbase,
    "kraken:BTC/USD": kraken,
    "bitstamp:BTC/USD": bitstamp,
    "okx:BTC/USDT": okx,
    "bitfinex:BTC/USD": bitfinex,
}
# Those that say when; the others' tickers are from when they come.
TIMED = {
    "binance:BTC/USDT": TIME_MS,
    "coinbase:BTC/USD": TIME_MS,
    "bitstamp:BTC/USD": TIME_MS // 1000 * 1000,
    "okx:BTC/USDT": TIME_MS,
}

WRONG_SHAPES = [
    "",
    "null",
    "[]",
    "{}",
    '"60000"',
    "60000",
    "NaN",
    "Infinity",
    "1e999999",
    "true",
    "[[]]",
    "{",
    "\ufeff{}",
    '{"data": null}',
    '{"data": []}',
    '{"data": [[]]}',
    '{"result": []}',
    '{"result": {"XXBTZUSD": []}}',
    '{"parsed": {}}',
    '{"parsed": [null]}',
    '{"trades": {}}',
    '{"trades": [1]}',
    '["a"]',
    "[null, null]",
    '{"price": NaN}',
    '{"last": {}}',
    '{"lastPrice": []}',
    '{"symbol": 7}',
    '{"error": "x"}',
    '{"code": "1"}',
]
