"""A websocket server on this machine that speaks as each exchange does, for one pair."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.oracle.sources.bodies import TIME_MS

Talk = Callable[[web.WebSocketResponse, Any], Awaitable[None]]


def binance(bid: str, ask: str) -> list[Any]:
    book = {"u": 400900217, "s": "BTCUSDT", "b": bid, "B": "31.21", "a": ask, "A": "40.66"}
    return [{"result": None, "id": 1}, book]


def kraken(bid: str, ask: str) -> list[Any]:
    ticker = (
        f'{{"symbol":"BTC/USD","bid":{bid},"bid_qty":0.1,"ask":{ask},"ask_qty":0.2,"last":{bid},'
        '"volume":997.98383185,"vwap":60000.14,"low":59000.1,"high":61000.2,"change":-0.17,"change_pct":-0.17}'
    )
    return [
        {
            "method": "subscribe",
            "result": {"channel": "ticker", "symbol": "BTC/USD"},
            "success": True,
            "req_id": 1,
        },
        '{"channel":"ticker","type":"update","data":[' + ticker + "]}",
    ]


def okx(bid: str, ask: str) -> list[Any]:
    arg = {"channel": "bbo-tbt", "instId": "BTC-USDT"}
    book = {
        "asks": [[ask, "0.1", "0", "1"]],
        "bids": [[bid, "1", "0", "1"]],
        "ts": str(TIME_MS),
        "seqId": 363996337,
    }
    return [{"event": "subscribe", "arg": arg, "connId": "a4d3ae55"}, {"arg": arg, "data": [book]}]


def coinbase(bid: str, ask: str) -> list[Any]:
    ticker = {
        "type": "ticker",
        "product_id": "BTC-USD",
        "price": bid,
        "volume_24_h": "16038.28770938",
        "low_24_h": "21835.29",
        "high_24_h": "23011.18",
        "price_percent_chg_24_h": "-4.15775596190603",
        "best_bid": bid,
        "best_bid_quantity": "8000.21",
        "best_ask": ask,
        "best_ask_quantity": "8038.07770938",
    }
    event = {"type": "snapshot", "tickers": [ticker]}
    frame = {"channel": "ticker", "client_id": "", "timestamp": "2026-11-18T11:06:40.123Z", "sequence_num": 0}
    return [{**frame, "events": [event]}]


def bitfinex(bid: str, ask: str) -> list[Any]:
    opened = {
        "event": "subscribed",
        "channel": "ticker",
        "chanId": 224555,
        "symbol": "tBTCUSD",
        "pair": "BTCUSD",
    }
    return [opened, f"[224555,[{bid},24.1,{ask},21.2,-172,-0.0064,{bid},2300.5,27100,26500]]"]


FEEDS: dict[str, Callable[[str, str], list[Any]]] = {
    "binance:BTC/USDT": binance,
    "kraken:BTC/USD": kraken,
    "okx:BTC/USDT": okx,
    "coinbase:BTC/USD": coinbase,
    "bitfinex:BTC/USD": bitfinex,
}


def saying(*frames: Any) -> Talk:
    """Frames as they are where they are text, else as JSON, once somebody has subscribed."""

    async def talk(socket: web.WebSocketResponse, _: Any) -> None:
        for frame in frames:
            await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    return talk


@asynccontextmanager
async def feeding(talk: Talk) -> AsyncIterator[str]:
    """The address of a server that calls `talk` with each message of a client."""

    async def answer(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await talk(socket, json.loads(message.data))
        return socket

    app = web.Application()
    app.router.add_get("/{anything:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    host, port = site._server.sockets[0].getsockname()[:2]  # type: ignore[attr-defined]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
