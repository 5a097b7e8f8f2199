"""A small exchange for the measurements: answers every GET with a price, after a few milliseconds."""

import asyncio
import json
import sys
import time

from bench.oracle.quoting import TERMS, price_of

DELAY_S = 0.005


async def serve(port: int) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", port)
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    names, asked = list(TERMS), 0
    while request := await reader.readline():
        while (await reader.readline()).strip():
            pass
        place = int(request.split()[1].rpartition(b"/")[2])
        asked += 1
        await asyncio.sleep(DELAY_S)
        body = json.dumps({"price_e8": price_of(names[place], asked), "time_ms": time.time_ns() // 1_000_000})
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
