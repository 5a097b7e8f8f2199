"""A book that is asked for fits the stream that is laid over it, however shortly before somebody came."""

import secrets

import httpx

from tests.api.house import House
from tests.binance.house import Trader
from tests.binance.stream_client import Streams, streams
from tests.binance.test_streams_books import BTC, Book, Flow, rest_book

TIMES = 15


def follow(book: Book, socket: Streams) -> None:
    """Until a difference was laid over the book; one that does not fit fails."""
    began_at = book.last
    while book.last == began_at:
        book.take(socket.hear())


def test_a_snapshot_is_never_older_than_the_stream(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    flow = Flow(house, alice, bob, secrets.randbits(32))
    flow.start()
    try:
        for _ in range(TIMES):  # each time the first one who listens
            with streams(house, f"/ws/{BTC}@depth@100ms") as socket:
                follow(Book(rest_book(client)), socket)
    finally:
        flow.stop()


def test_nor_where_others_listen_already(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    flow = Flow(house, alice, bob, secrets.randbits(32))
    with streams(house, f"/ws/{BTC}@depth@100ms"):
        flow.start()
        try:
            for _ in range(TIMES):
                with streams(house, f"/ws/{BTC}@depth@100ms") as socket:
                    follow(Book(rest_book(client)), socket)
        finally:
            flow.stop()
