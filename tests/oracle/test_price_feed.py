"""What a web process takes for the price while the wire comes and goes."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from access.sockets.frames import Frame, payload_of
from access.sockets.outbox import Outbox
from oracle.feed import PriceFeed, PriceSubscription
from oracle.origin import Origin
from oracle.rules.encoding import encode_view
from oracle.services.current import PRICES_CHANNEL
from tests.oracle.outside.rounds import make_round, same, sources
from tests.support.waiting import RESUME_S

CHANNEL = PRICES_CHANNEL.encode()


@pytest.fixture(autouse=True)
def _three_sources(transactional_db: None) -> Iterator[None]:
    with sources():
        yield


class Listener(PriceSubscription):
    """Keeps what it was sent."""

    def __init__(self, feed: PriceFeed) -> None:
        super().__init__(Outbox(_nowhere, lambda: None), feed, with_sources=False)
        self.frames: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self.frames.append(frame)

    @property
    def prices(self) -> list[str]:
        return [json.loads(payload_of(frame))["price"] for frame in self.frames]


async def _nowhere(data: bytes) -> None:
    return None


async def _until_told(listener: Listener, price: str) -> None:
    async with asyncio.timeout(RESUME_S):
        while price not in listener.prices:
            await asyncio.sleep(0.01)


def test_what_was_read_in_an_earlier_outage_is_not_shown_in_the_next() -> None:
    make_round(same(50_000), age_ms=3_600_000)

    async def two_outages() -> tuple[list[str], Origin, list[str]]:
        feed = PriceFeed()
        assert (await feed.known())[1] is Origin.STORED  # as it was an hour ago
        feed.recover()
        decided = await asyncio.to_thread(make_round, same(60_000))
        listener, late = Listener(feed), Listener(feed)
        listener.begin()
        feed.take(CHANNEL, encode_view(decided.view))
        feed.start()
        await _until_told(listener, "60000.00000000")
        listener.frames.clear()
        feed.lose()
        late.begin()
        await _until_told(late, "60000.00000000")
        _, origin = await feed.known()
        await _until_told(listener, "60000.00000000")
        await feed.stop()
        return listener.prices, origin, late.prices

    heard, origin, heard_late = asyncio.run(two_outages())
    assert origin is Origin.STORED
    assert set(heard) == set(heard_late) == {"60000.00000000"}
