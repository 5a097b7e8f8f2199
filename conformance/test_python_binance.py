"""python-binance, another code base than ccxt: its clients, its sockets and its own book."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from binance import AsyncClient, BinanceSocketManager, Client, DepthCacheManager
from binance.exceptions import BinanceAPIException

from conformance import quiet
from conformance.clients import point_python_binance_at
from conformance.house import House
from conformance.quiet import PAIR

LIVING = "BTCUSDB"
SECONDS = 30


@pytest.fixture(scope="module", autouse=True)
def _pointed(house: House) -> None:
    point_python_binance_at(house.url)


@pytest.fixture(scope="module")
def client(house: House) -> Any:
    return Client(house.people["anna"].key, house.people["anna"].secret)


@pytest.fixture
def _quiet(anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)


def test_it_reads_the_market(client: Any) -> None:
    assert client.get_server_time()["serverTime"] > 0
    assert client.get_system_status()["status"] == 0
    assert client.get_symbol_info(LIVING)["status"] == "TRADING"
    assert {one["symbol"] for one in client.get_exchange_info()["symbols"]} >= {LIVING, PAIR}
    assert len(client.get_order_book(symbol=LIVING, limit=5)["bids"]) == 5
    assert len(client.get_recent_trades(symbol=LIVING, limit=5)) == 5
    assert len(client.get_historical_trades(symbol=LIVING, limit=5)) == 5
    assert client.get_aggregate_trades(symbol=LIVING, limit=5)[0]["a"] >= 0
    assert len(client.get_klines(symbol=LIVING, interval="1m", limit=2)[0]) == 12
    assert client.get_historical_klines(LIVING, "1m", "5 minutes ago UTC")
    assert float(client.get_avg_price(symbol=LIVING)["price"]) > 0
    assert client.get_ticker(symbol=LIVING)["count"] > 0
    assert client.get_symbol_ticker(symbol=LIVING)["symbol"] == LIVING
    assert client.get_orderbook_ticker(symbol=LIVING)["bidPrice"]
    assert {one["symbol"] for one in client.get_all_tickers()} >= {LIVING, PAIR}
    assert next(iter(client.aggregate_trade_iter(LIVING, start_str="1 minute ago UTC")))["p"]


@pytest.mark.usefixtures("_quiet")
def test_an_order_lives_and_dies(client: Any) -> None:
    placed = client.order_limit_buy(symbol=PAIR, quantity="0.1", price="2000")
    assert placed["status"] == "NEW"
    assert client.get_order(symbol=PAIR, orderId=placed["orderId"])["status"] == "NEW"
    assert [one["orderId"] for one in client.get_open_orders(symbol=PAIR)] == [placed["orderId"]]
    assert client.cancel_order(symbol=PAIR, orderId=placed["orderId"])["status"] == "CANCELED"
    assert client.get_all_orders(symbol=PAIR)[-1]["status"] == "CANCELED"
    assert (
        client.create_test_order(
            symbol=PAIR, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.1", price="2000"
        )
        is not None
    )
    with pytest.raises(BinanceAPIException) as raised:
        client.cancel_order(symbol=PAIR, orderId=placed["orderId"])
    assert (raised.value.code, raised.value.message) == (-2011, "Unknown order sent.")


@pytest.mark.usefixtures("_quiet")
def test_an_order_is_filled(client: Any, bert: Any) -> None:
    bert.create_order(quiet.SYMBOL, "limit", "sell", 0.2, quiet.PRICE)
    bought = client.order_market_buy(symbol=PAIR, quantity="0.2")
    assert bought["status"] == "FILLED"
    assert sum(float(fill["qty"]) for fill in bought["fills"]) == pytest.approx(0.2)
    trades = client.get_my_trades(symbol=PAIR, orderId=bought["orderId"])
    assert {trade["orderId"] for trade in trades} == {bought["orderId"]}
    replaced = client.order_limit_sell(symbol=PAIR, quantity="0.1", price="4000")
    answer = client.cancel_replace_order(
        symbol=PAIR,
        side="SELL",
        type="LIMIT",
        timeInForce="GTC",
        quantity="0.1",
        price="4100",
        cancelReplaceMode="STOP_ON_FAILURE",
        cancelOrderId=replaced["orderId"],
    )
    assert (answer["cancelResult"], answer["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    client.cancel_all_open_orders(symbol=PAIR)


def test_it_sees_its_account(client: Any) -> None:
    account = client.get_account()
    assert account["canTrade"]
    assert float(client.get_asset_balance(asset="ETH")["free"]) > 0
    assert {one["symbol"] for one in client.get_trade_fee()} >= {LIVING, PAIR}
    assert {one["coin"] for one in client.get_all_coins_info()} >= {"BTC", "USDB"}
    assert client.get_account_api_trading_status()["data"]["isLocked"] is False
    assert client.get_deposit_history() == []
    assert client.get_withdraw_history() == []


def running(work: Callable[[Any, Any], Awaitable[None]], house: House) -> None:
    async def run() -> None:
        person = house.people["anna"]
        client = await AsyncClient.create(person.key, person.secret)
        try:
            async with asyncio.timeout(SECONDS):
                await work(client, BinanceSocketManager(client))
        finally:
            await client.close_connection()

    asyncio.run(run())


def test_its_async_client_reads_and_trades(house: House) -> None:
    async def work(client: Any, _: Any) -> None:
        book, account = await asyncio.gather(client.get_order_book(symbol=LIVING), client.get_account())
        assert book["bids"]
        assert account["balances"]
        placed = await client.order_limit_buy(symbol=PAIR, quantity="0.1", price="2000")
        assert (await client.cancel_order(symbol=PAIR, orderId=placed["orderId"]))["status"] == "CANCELED"

    running(work, house)


def test_its_orders_over_the_websocket_api(house: House) -> None:
    async def work(client: Any, _: Any) -> None:
        wanted = {"symbol": PAIR, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        placed = await client.ws_create_order(**wanted, quantity="0.1", price="2000")
        assert placed["status"] == "NEW"
        found = await client.ws_get_order(symbol=PAIR, orderId=placed["orderId"])
        assert found["orderId"] == placed["orderId"]
        gone = await client.ws_cancel_order(symbol=PAIR, orderId=placed["orderId"])
        assert gone["status"] == "CANCELED"
        assert (await client.ws_get_order_book(symbol=LIVING))["bids"]

    running(work, house)


@pytest.mark.parametrize("name", ["trade_socket", "aggtrade_socket", "kline_socket", "depth_socket"])
def test_its_sockets_of_one_market(house: House, name: str) -> None:
    async def work(_: Any, manager: Any) -> None:
        async with getattr(manager, name)(LIVING) as socket:
            for _ in range(3):
                assert (await socket.recv())["s"] == LIVING

    running(work, house)


def test_its_sockets_of_tickers(house: House) -> None:
    async def work(_: Any, manager: Any) -> None:
        async with manager.symbol_ticker_socket(LIVING) as socket:
            assert (await socket.recv())["e"] == "24hrTicker"
        async with manager.symbol_book_ticker_socket(LIVING) as socket:
            assert float((await socket.recv())["b"]) > 0
        async with manager.miniticker_socket() as socket:
            assert (await socket.recv())[0]["e"] == "24hrMiniTicker"
        async with manager.depth_socket(LIVING, depth="5") as socket:
            assert len((await socket.recv())["bids"]) == 5

    running(work, house)


def test_many_streams_over_one_socket(house: House) -> None:
    async def work(_: Any, manager: Any) -> None:
        streams = {f"{LIVING.lower()}@{name}" for name in ("trade", "depth@100ms", "bookTicker", "kline_1m")}
        seen: set[str] = set()
        async with manager.multiplex_socket(sorted(streams)) as socket:
            while seen != streams:
                message = await socket.recv()
                seen.add(message["stream"])
                assert message["data"]["s"] == LIVING

    running(work, house)


def test_its_own_book_is_ours(house: House) -> None:
    async def work(client: Any, manager: Any) -> None:
        async with DepthCacheManager(client, symbol=LIVING, bm=manager, ws_interval=100) as cache:
            for _ in range(30):
                book = await cache.recv()
                assert book.get_bids()[0][0] < book.get_asks()[0][0]
            followed = {book.update_time: book.get_bids()[:10]}
            assert followed

    running(work, house)


def test_its_user_socket(house: House, bert: Any, anna: Any) -> None:
    quiet.empty(anna, bert)

    async def work(client: Any, manager: Any) -> None:
        async with manager.user_socket() as socket:
            placed = await client.order_limit_buy(symbol=PAIR, quantity="0.1", price="2000")
            await client.cancel_order(symbol=PAIR, orderId=placed["orderId"])
            events = [await socket.recv() for _ in range(4)]
        reports = [(one["i"], one["x"], one["X"]) for one in events if one["e"] == "executionReport"]
        assert reports == [(placed["orderId"], "NEW", "NEW"), (placed["orderId"], "CANCELED", "CANCELED")]
        balances = [one for one in events if one["e"] == "outboundAccountPosition"]
        assert {line["a"] for line in balances[0]["B"]} >= {"USDB"}

    running(work, house)


def test_a_listen_key_lives(client: Any) -> None:
    key = client.stream_get_listen_key()
    assert len(key) == 64
    client.stream_keepalive(key)
    client.stream_close(key)
    with pytest.raises(BinanceAPIException) as raised:
        client.stream_keepalive(key)
    assert raised.value.code == -1125
