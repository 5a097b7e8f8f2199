"""Five hundred who listen get the same bytes, all of them, and soon."""

import asyncio
import json
import time

from tests.api.house import House
from tests.api.people import Trader
from tests.websocket.raw import HANDSHAKE, masked, port_of

CROWD = 500
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def frame(wire: Wire) -> bytes:
    reader, _ = wire
    _, length = await reader.readexactly(2)
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8), "big")
    return await reader.readexactly(length)


async def listening(port: int) -> Wire:
    """A client that has a snapshot of the book."""
    reader, writer = wire = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(masked(0x81, b'{"op":"subscribe","channel":"book","market":"BTC-USDB"}'))
    while b'"snapshot"' not in await frame(wire):
        pass
    return wire


async def update(wire: Wire) -> bytes:
    """The next frame that is no heartbeat: where connecting takes long, one comes between."""
    while b'"heartbeat"' in (heard := await frame(wire)):
        pass
    return heard


def test_five_hundred_hear_the_same_soon(house: House, alice: Trader) -> None:
    async def crowd() -> tuple[list[bytes], float]:
        wires = [wire for _ in range(10) for wire in await asyncio.gather(*map(listening, [port] * 50))]
        order = asyncio.create_task(asyncio.to_thread(alice.place, price="51.00"))
        began = time.monotonic()
        heard = await asyncio.gather(*map(update, wires))
        took = time.monotonic() - began
        await order
        for _, writer in wires:
            writer.close()
        return heard, took

    port = port_of(house)
    heard, took = asyncio.run(asyncio.wait_for(crowd(), 30))
    assert len(heard) == CROWD
    assert len(set(heard)) == 1
    assert json.loads(heard[0])["bids"] == [["51.00", "0.10000"]]
    assert took < 2
