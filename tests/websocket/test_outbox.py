"""What waits for a slow reader is bounded: thrown away where a snapshot can stand for it, else the end."""

import asyncio
from collections.abc import Awaitable, Callable

from access.sockets.frames import Frame, encode, payload_of, split
from access.sockets.outbox import CONFLATE_BYTES, KEPT_BYTES, STALL_SECONDS, Outbox, Subscription

PIECE = b"x" * 10_000


class Wire:
    """A connection that takes what is written only while it is open."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.opened = asyncio.Event()

    async def write(self, data: bytes) -> None:
        await self.opened.wait()
        self.written.append(data)

    @property
    def text(self) -> bytes:
        return b"".join(self.written)


class Book(Subscription):
    def refresh(self) -> None:
        self.send(b"snapshot")


class Trades(Subscription):
    conflates = False


def run(work: Callable[[Outbox, Wire, list[str]], Awaitable[None]]) -> None:
    async def bounded() -> None:
        wire, overflows = Wire(), list[str]()
        outbox = Outbox(wire.write, lambda: overflows.append("given up"))
        task = asyncio.create_task(outbox.run())
        await work(outbox, wire, overflows)
        task.cancel()

    asyncio.run(asyncio.wait_for(bounded(), 10))


def test_what_waits_is_written_in_order_and_together() -> None:
    async def work(outbox: Outbox, wire: Wire, _: list[str]) -> None:
        wire.opened.set()
        for number in range(100):
            outbox.put(b"%d," % number)
        await outbox.flushed()
        assert wire.text == b"".join(b"%d," % number for number in range(100))
        assert len(wire.written) == 1

    run(work)


def test_a_conflated_subscription_ends_with_a_snapshot() -> None:
    async def work(outbox: Outbox, wire: Wire, overflows: list[str]) -> None:
        book = Book(outbox)
        for _ in range(1_000):
            book.send(PIECE)
        assert book.stale
        wire.opened.set()
        while b"snapshot" not in wire.text:
            await asyncio.sleep(0)
        assert wire.text.endswith(b"snapshot")
        assert len(wire.text) <= CONFLATE_BYTES
        book.send(b"next")
        await outbox.flushed()
        assert wire.text.endswith(b"snapshotnext")
        assert overflows == []

    run(work)


def test_what_must_not_be_lost_survives_the_conflation_of_another() -> None:
    async def work(outbox: Outbox, wire: Wire, _: list[str]) -> None:
        book, trades = Book(outbox), Trades(outbox)
        for number in range(100):
            book.send(PIECE)
            trades.send(b"<%d>" % number)
        wire.opened.set()
        await outbox.flushed()
        assert b"".join(b"<%d>" % number for number in range(100)) in wire.text.replace(PIECE, b"")

    run(work)


def test_too_much_that_must_not_be_lost_is_the_end() -> None:
    async def work(outbox: Outbox, wire: Wire, overflows: list[str]) -> None:
        trades = Trades(outbox)
        for _ in range(KEPT_BYTES // len(PIECE) + 100):
            trades.send(PIECE)
        assert overflows == ["given up"]
        assert outbox.is_closed
        outbox.put(b"more")
        wire.opened.set()

    run(work)


def test_a_reader_who_takes_nothing_for_too_long_is_given_up() -> None:
    async def work(outbox: Outbox, wire: Wire, overflows: list[str]) -> None:
        outbox.put(b"one")
        await asyncio.sleep(0)
        now = asyncio.get_running_loop().time()
        outbox.check(now + STALL_SECONDS - 1)
        assert overflows == []
        outbox.check(now + STALL_SECONDS + 1)
        assert overflows == ["given up"]

    run(work)


def test_what_was_unsubscribed_is_not_sent() -> None:
    async def work(outbox: Outbox, wire: Wire, _: list[str]) -> None:
        book = Book(outbox)
        outbox.put(b"first")
        book.send(b"update")
        outbox.drop(book)
        wire.opened.set()
        await outbox.flushed()
        assert wire.text == b"first"

    run(work)


def test_frames_in_a_row_can_be_told_apart() -> None:
    frames: list[Frame] = [encode("x" * length) for length in (0, 123, 124, 125, 65_533, 65_534, 100_000)]
    assert list(split(b"".join(frames))) == frames
    assert [len(payload_of(frame)) for frame in frames] == [2, 125, 126, 127, 65_535, 65_536, 100_002]
