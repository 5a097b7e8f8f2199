"""One listener to a market's trades, in a process of its own: `-m bench.clients.watching WAY PORT`.

Says "ready" when it listens; when its input ends it prints when it heard each trade, by trade id, as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import ccxt.pro
from websockets.asyncio.client import connect

from bench.core.alone import SYMBOL

_LOWER = SYMBOL.replace("-", "").lower()
_UNIFIED = SYMBOL.replace("-", "/")

Heard = dict[str, int]


async def _ours(port: int, heard: Heard) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws/v1/", compression=None) as socket:
        await socket.send(json.dumps({"id": 1, "op": "subscribe", "channel": "trades", "market": SYMBOL}))
        async for text in socket:
            message = json.loads(text)
            if message.get("id") == 1:
                _say_ready()
            for trade in message.get("trades", ()):
                heard.setdefault(str(trade["trade_id"]), time.time_ns())


async def _stream(port: int, heard: Heard) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws", compression=None) as socket:
        await socket.send(json.dumps({"id": 1, "method": "SUBSCRIBE", "params": [f"{_LOWER}@trade"]}))
        async for text in socket:
            message = json.loads(text)
            if message.get("id") == 1:
                _say_ready()
            elif message.get("e") == "trade":
                heard.setdefault(str(message["t"]), time.time_ns())


async def _ccxt(port: int, heard: Heard) -> None:
    http, socket = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
    urls = {
        "public": f"{http}/api/v3",
        "private": f"{http}/api/v3",
        "sapi": f"{http}/sapi/v1",
        "ws": {"spot": f"{socket}/stream/ws", "ws-api": {"spot": f"{socket}/ws-api/v3"}},
    }
    options = {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False}
    client = ccxt.pro.binance({"urls": {"api": urls}, "options": options, "newUpdates": True})
    try:
        await client.load_markets()
        first = asyncio.create_task(client.watch_trades(_UNIFIED))
        await asyncio.sleep(1.0)  # it does not say when it listens
        _say_ready()
        trades = await first
        while True:
            now_ns = time.time_ns()
            for trade in trades:
                heard.setdefault(trade["id"], now_ns)
            trades = await client.watch_trades(_UNIFIED)
    finally:
        await client.close()


WAYS: dict[str, Callable[[int, Heard], Awaitable[None]]] = {"ours": _ours, "stream": _stream, "ccxt": _ccxt}


def _say_ready() -> None:
    print("ready", flush=True)


async def main(way: str, port: int) -> None:
    heard: Heard = {}
    listening = asyncio.ensure_future(WAYS[way](port, heard))
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await asyncio.wait([listening, over], return_when=asyncio.FIRST_COMPLETED)
    if listening.done():
        listening.result()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    print(json.dumps(heard))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
