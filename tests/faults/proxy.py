"""A proxy in front of a server's unix socket that can be slow, or swallow everything without a word."""

import asyncio
import threading
from pathlib import Path


class Proxy:
    """Runs in a thread of its own. `delay_s` holds every piece up; while `swallows`, nothing gets through."""

    def __init__(self, path: Path, target: Path) -> None:
        self.path = path
        self.delay_s = 0.0
        self.swallows = False
        self.passed = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        assert self._ready.wait(10), "the proxy does not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self.path.unlink(missing_ok=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_unix_server(self._serve, self.path))
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, ours = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.close()
            return
        ways = [self._pump(reader, ours), self._pump(theirs, writer)]
        await asyncio.wait([asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
        ours.close()
        writer.close()

    async def _pump(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await asyncio.sleep(self.delay_s)
                while self.swallows:
                    await asyncio.sleep(0.01)
                drain.write(data)
                await drain.drain()
                self.passed += 1
        except OSError:
            return
