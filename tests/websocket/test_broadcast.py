"""Market data goes out after a commit, at most every ten milliseconds for a market, and without a gap."""

import time
from collections.abc import Iterator

import pytest
from redis import Redis

from exchange.broadcast import MARKET_INTERVAL_S, Broadcaster
from exchange.engine.commands import create_market, deposit, place_order
from exchange.engine.engine import Engine
from exchange.engine.types import Side
from exchange.live_wire import AccountNews, MarketMessage, PublicTrade, decode_account_news, decode_market
from exchange.queue import accounts_channel, market_channel

# Channels are shared by all who use a server, whatever their database: nobody else has these.
FIRST, SECOND, SHARD = "AAAA-BBBB", "CCCC-BBBB", 63


class Exchange:
    """An engine of two markets, its broadcaster, and somebody who hears it."""

    def __init__(self, redis: Redis) -> None:
        self.engine = Engine(SHARD)
        self.kept: list[tuple[str, bytes]] = []
        self.broadcaster = Broadcaster(redis, SHARD)
        self.wire = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self.wire.subscribe(market_channel(FIRST), market_channel(SECOND), accounts_channel(SHARD))
        for market in (FIRST, SECOND):
            base, quote = market.split("-")
            self._apply(
                create_market(
                    market=market,
                    base_asset=base,
                    quote_asset=quote,
                    base_atoms_per_lot=1,
                    quote_atoms_per_tick_lot=1,
                )
            )
        self._apply(deposit(account=1, asset="BBBB", amount_atoms=10**12, transfer_id=1))
        self.begin()

    def _apply(self, command: object) -> None:
        self.engine.apply(command, time.time_ns())  # type: ignore[arg-type]

    def begin(self) -> None:
        self.commit({})

    def bid(self, market: str, price_ticks: int) -> None:
        """One command, committed and sent."""
        self._apply(
            place_order(account=1, market=market, side=Side.BUY, price_ticks=price_ticks, quantity_lots=1)
        )
        self.commit({market: [(int(Side.BUY), price_ticks)]})

    def commit(self, levels: dict[str, list[tuple[int, int]]], **more: object) -> None:
        self.broadcaster.after_commit(
            engine=self.engine,
            answers=(),
            done=(),
            applied=None,
            books=(),
            levels=levels,
            **more,
        )

    def pause(self) -> None:
        until = time.monotonic() + MARKET_INTERVAL_S
        while time.monotonic() < until:
            self.hear_one()

    def hear_one(self, seconds: float = 0.01) -> tuple[str, bytes] | None:
        message = self.wire.get_message(timeout=seconds)
        return None if message is None else (message["channel"].decode(), message["data"])

    def hear(self, market: str) -> MarketMessage:
        """The next one of this market; those of the other, which may come first, are kept for later."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            for place, (channel, data) in enumerate(self.kept):
                if channel == market_channel(market):
                    del self.kept[place]
                    return decode_market(data)
            heard = self.hear_one(1)
            if heard is not None:
                self.kept.append(heard)
        raise AssertionError("nothing was sent")


@pytest.fixture
def exchange(redis: Redis) -> Iterator[Exchange]:
    made = Exchange(redis)
    yield made
    made.wire.close()


def test_an_engine_that_begins_says_where_it_stands(exchange: Exchange) -> None:
    message = exchange.hear(FIRST)
    assert (message.first_sequence, message.last_sequence) == (4, 3)
    assert exchange.hear(SECOND).last_sequence == 3


def test_the_ranges_of_a_market_follow_one_another(exchange: Exchange) -> None:
    exchange.hear(FIRST)
    last = 3
    for price in range(1, 6):
        exchange.bid(SECOND, price)
        exchange.pause()
        exchange.bid(FIRST, price)
        message = exchange.hear(FIRST)
        assert message.first_sequence == last + 1
        assert message.last_sequence == exchange.engine.sequence
        assert message.bids == [(price, 1)]
        last = message.last_sequence
        exchange.pause()


def test_changes_that_come_fast_go_out_together_as_they_are_then(exchange: Exchange) -> None:
    exchange.hear(FIRST)
    exchange.pause()
    exchange.bid(FIRST, 10)
    assert exchange.hear(FIRST).bids == [(10, 1)]
    for _ in range(5):
        exchange.bid(FIRST, 10)
    assert exchange.broadcaster.waiting
    deadline = time.monotonic() + 5
    while exchange.broadcaster.waiting and time.monotonic() < deadline:
        exchange.broadcaster.send_books(exchange.engine)
    message = exchange.hear(FIRST)
    assert message.bids == [(10, exchange.engine.level_lots(FIRST, Side.BUY, 10))]
    assert message.last_sequence - message.first_sequence >= 3


def test_a_level_that_is_gone_is_sent_as_nothing(exchange: Exchange) -> None:
    exchange.hear(FIRST)
    exchange.pause()
    exchange.commit({FIRST: [(int(Side.SELL), 77)]})
    assert exchange.hear(FIRST).asks == [(77, 0)]


def test_trades_go_with_their_market_and_messages_at_once(exchange: Exchange) -> None:
    exchange.hear(FIRST)
    exchange.pause()
    trade = PublicTrade(1, 10, 1, 10, 0, 5, 64)
    news = AccountNews(1, 17, b"content")
    exchange.commit({}, trades={FIRST: [trade]}, messages=[news])
    exchange.commit({}, messages=[news])
    heard = [one for _ in range(3) if (one := exchange.hear_one(2)) is not None]
    private = [decode_account_news(data) for channel, data in heard if channel == accounts_channel(SHARD)]
    public = [decode_market(data) for channel, data in heard if channel == market_channel(FIRST)]
    assert [message.messages for message in private] == [[news], [news]]
    assert [message.trades for message in public] == [[trade]]


def test_another_engine_begins_where_it_stands(exchange: Exchange) -> None:
    exchange.hear(FIRST)
    exchange.bid(FIRST, 1)
    exchange.engine = Engine.restore(exchange.engine.snapshot())
    exchange.begin()
    hello = exchange.hear(FIRST)
    while hello.first_sequence <= hello.last_sequence:
        hello = exchange.hear(FIRST)
    assert hello.last_sequence == exchange.engine.sequence
    exchange.pause()
    exchange.bid(FIRST, 2)
    assert exchange.hear(FIRST).first_sequence == hello.last_sequence + 1
