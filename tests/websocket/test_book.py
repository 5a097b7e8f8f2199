"""A client that follows the rules has the server's book at every quiet point, whatever happens on the way."""

import random

from redis import Redis

from exchange.live_wire import MarketMessage, decode_market, encode_market
from exchange.queue import market_channel
from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.websocket.client import Socket, opened
from tests.websocket.keeper import BookKeeper
from tests.websocket.stored import stored_book


def follow(socket: Socket, keeper: BookKeeper, market: str = MARKET) -> None:
    """Until the client has what is stored, which nobody changes meanwhile."""
    heard = 0

    def agrees() -> bool:
        nonlocal heard
        while heard < len(socket.heard):
            keeper.hear(socket.heard[heard])
            heard += 1
        return keeper.sequence is not None and keeper.book == stored_book(market)

    socket.wait_until(agrees)
    socket.heard.clear()


def stir(trader: Trader, chance: random.Random, orders: int = 10) -> None:
    """Orders that rest, trade, and are taken back."""
    mine: list[str] = []
    for _ in range(orders):
        price = str(100 + chance.randrange(-9, 9))
        side = chance.choice(("BUY", "SELL"))
        placed = trader.place(side=side, price=price, quantity=f"0.0{chance.randrange(1, 9)}5")["order"]
        if placed["status"] in ("NEW", "PARTIALLY_FILLED"):
            mine.append(placed["order_id"])
        if mine and chance.random() < 0.3:
            trader.send("DELETE", f"/api/v1/orders/{mine.pop()}")


def test_a_client_has_the_stored_book_at_every_quiet_point(
    socket: Socket, alice: Trader, bob: Trader
) -> None:
    chance = random.Random(7)
    keeper = BookKeeper()
    socket.do("subscribe", channel="book", market=MARKET)
    follow(socket, keeper)
    alice.fund(BTC="5")
    bob.fund(USDB="50000")
    for _ in range(4):
        stir(alice, chance)
        stir(bob, chance)
        follow(socket, keeper)
    assert (keeper.snapshots, keeper.resyncs) == (1, 0)
    assert keeper.updates > 10


def test_who_comes_back_soon_gets_only_what_was_missed(house: House, alice: Trader) -> None:
    keeper = BookKeeper()
    with opened(house.url) as first:
        first.do("subscribe", channel="book", market=MARKET)
        follow(first, keeper)
    alice.place(price="91.00")
    alice.place(price="92.00")
    with opened(house.url) as second:
        second.do("subscribe", channel="book", market=MARKET, since=keeper.sequence)
        follow(second, keeper)
    assert (keeper.snapshots, keeper.resyncs) == (1, 0)


def test_who_was_away_for_too_long_begins_anew(house: House, socket: Socket) -> None:
    socket.do("subscribe", channel="book", market=MARKET, since=1)
    assert socket.wait_for(lambda frame: frame.get("channel") == "book")["type"] == "resync"
    socket.wait_for(lambda frame: frame.get("type") == "snapshot")
    with opened(house.url) as ahead:
        ahead.do("subscribe", channel="book", market=MARKET, since=2**62)
        assert ahead.wait_for(lambda frame: frame.get("channel") == "book")["type"] == "resync"


def test_a_gap_makes_it_load_the_book_anew(house: House, socket: Socket, alice: Trader) -> None:
    keeper = BookKeeper()
    socket.do("subscribe", channel="book", market=MARKET)
    follow(socket, keeper)
    alice.place(price="93.00")
    follow(socket, keeper)
    assert keeper.sequence is not None
    ahead = keeper.sequence + 1_000
    forged = MarketMessage(ahead, ahead, 1, [(5, 5)], [], [])
    with Redis.from_url(house.servers.redis_url) as redis:
        redis.publish(market_channel(MARKET), encode_market(forged))
    follow(socket, keeper)
    socket.wait_until(lambda: _resynced(socket, keeper))
    follow(socket, keeper)
    alice.place(price="94.00")
    follow(socket, keeper)
    assert keeper.resyncs == 1


def _resynced(socket: Socket, keeper: BookKeeper) -> bool:
    while socket.heard:
        keeper.hear(socket.heard.pop(0))
    return keeper.resyncs == 1 and keeper.snapshots == 2


def test_what_is_heard_twice_or_late_changes_nothing(house: House, socket: Socket, alice: Trader) -> None:
    keeper = BookKeeper()
    socket.do("subscribe", channel="book", market=MARKET)
    follow(socket, keeper)
    with Redis.from_url(house.servers.redis_url) as redis, redis.pubsub() as wire:
        wire.subscribe(market_channel(MARKET))
        caught: list[bytes] = []
        order = alice.place(price="95.00")["order"]["order_id"]
        alice.delete(f"/api/v1/orders/{order}")
        while not any(decode_market(data).bids == [(9500, 0)] for data in caught):
            message = wire.get_message(timeout=5)
            assert message is not None
            if message["type"] == "message":
                caught.append(message["data"])
        for data in reversed(caught * 3):
            redis.publish(market_channel(MARKET), data)
    alice.place(price="96.00")
    follow(socket, keeper)
    assert keeper.resyncs == 0


def test_rubbish_on_the_wire_makes_it_begin_anew(house: House, socket: Socket) -> None:
    keeper = BookKeeper()
    socket.do("subscribe", channel="book", market=MARKET)
    follow(socket, keeper)
    with Redis.from_url(house.servers.redis_url) as redis:
        redis.publish(market_channel(MARKET), b"\xc1 is not msgpack")
    socket.wait_until(lambda: _resynced(socket, keeper))
    follow(socket, keeper)
