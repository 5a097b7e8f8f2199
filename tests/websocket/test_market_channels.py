"""Trades, tickers and candles: what there is, then what changes."""

from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.websocket.client import Socket, opened


def match(alice: Trader, bob: Trader, price: str, quantity: str) -> None:
    alice.place(price=price, quantity=quantity)
    bob.place(side="SELL", price=price, quantity=quantity)


def trades_heard(socket: Socket) -> list[dict[str, str]]:
    frames = (frame for frame in socket.heard if frame.get("channel") == "trades")
    return [trade for frame in frames for trade in frame["trades"]]


def test_trades_begin_with_the_latest_and_go_on(socket: Socket, alice: Trader, bob: Trader) -> None:
    match(alice, bob, "100.00", "0.1")
    socket.do("subscribe", channel="trades", market=MARKET)
    snapshot = socket.wait_for(lambda frame: frame.get("channel") == "trades")
    assert snapshot["type"] == "snapshot"
    stored = alice.get(f"/api/v1/markets/{MARKET}/trades?limit=50")["trades"][::-1]
    # What was committed a moment ago may still be on its way.
    socket.wait_until(lambda: trades_heard(socket) == stored)
    match(alice, bob, "101.00", "0.2")
    socket.wait_until(lambda: len(trades_heard(socket)) > len(stored))
    assert socket.heard[-1]["type"] == "update"
    (trade,) = trades_heard(socket)[len(stored) :]
    assert (trade["price"], trade["quantity"], trade["taker_side"]) == ("101.00", "0.20000", "SELL")
    assert int(trade["trade_id"]) == int(stored[-1]["trade_id"]) + 1
    assert set(trade) == set(stored[-1])


def test_a_ticker_follows_the_trades(socket: Socket, alice: Trader, bob: Trader) -> None:
    socket.do("subscribe", channel="ticker", market=MARKET)
    before = socket.wait_for(lambda frame: frame.get("channel") == "ticker")["ticker"]["trades"]
    match(alice, bob, "104.00", "0.1")
    update = socket.wait_for(lambda frame: (frame.get("ticker") or {}).get("trades") == before + 1)
    assert update["ticker"]["last_price"] == "104.00"
    over_http = alice.get(f"/api/v1/markets/{MARKET}/ticker")["ticker"]
    assert {name: over_http[name] for name in update["ticker"]} == update["ticker"]


def test_candles_follow_the_trades(socket: Socket, alice: Trader, bob: Trader) -> None:
    match(alice, bob, "102.00", "0.1")
    socket.do("subscribe", channel="candles", market=MARKET, interval="1h")
    socket.wait_for(lambda frame: frame.get("channel") == "candles")
    match(alice, bob, "103.00", "0.1")
    update = socket.wait_for(
        lambda frame: bool(frame.get("candles")) and frame["candles"][-1]["close"] == "103.00"
    )
    current = update["candles"][-1]
    assert current["start_ms"] % 3_600_000 == 0
    assert current["trades"] >= 2


def test_a_candle_without_trades_goes_on_by_itself(socket: Socket, alice: Trader, bob: Trader) -> None:
    match(alice, bob, "105.00", "0.1")
    socket.do("subscribe", channel="candles", market=MARKET, interval="1s")
    starts: set[int] = set()

    def three() -> bool:
        for frame in socket.heard:
            starts.update(candle["start_ms"] for candle in frame.get("candles", []))
        return len(starts) >= 3

    socket.wait_until(three)


def test_what_is_unsubscribed_is_not_heard(house: House, socket: Socket, alice: Trader) -> None:
    socket.do("subscribe", channel="book", market=MARKET)
    socket.wait_for(lambda frame: frame.get("type") == "snapshot")
    socket.do("unsubscribe", channel="book", market=MARKET)
    with opened(house.url) as other:
        other.do("subscribe", channel="book", market=MARKET)
        alice.place(price="71.00")
        other.wait_for(lambda frame: frame.get("type") == "update")
    socket.do("ping")
    assert not [frame for frame in socket.heard if frame.get("type") == "update"]
