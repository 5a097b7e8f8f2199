"""The wire of a socket: it connects, proves who it is, matches answers to requests, and comes back.

A request is sent once. If the connection breaks before its answer, nobody knows what became of it.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from ballast_sdk.answers import error_of
from ballast_sdk.errors import ApiError, ConnectionFailed, OutcomeUnknown, SdkError
from ballast_sdk.messages import Head, head_of
from ballast_sdk.options import Clock, machine_ms
from ballast_sdk.signing import ApiKey, fresh_id, signed_headers

PATH = "/ws/v1/"
MOST_BYTES = 64 * 1024 * 1024  # of one frame: the whole book of a crowded market
LOOKING = frozenset({"ping", "auth", "subscribe", "unsubscribe"})  # what changes nothing
FIRST_WAIT_SECONDS = 0.1
STEADY_SECONDS = 5.0  # what lasted for less was no success
_OPEN = frozenset({"OUTCOME_UNKNOWN", "DATABASE_UNAVAILABLE", "INTERNAL"})
_FINAL = frozenset({"INVALID_KEY", "INVALID_SIGNATURE", "IP_NOT_ALLOWED", "FORBIDDEN"})


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """`silence_seconds` without a frame (a heartbeat comes every 15 s) mean that the connection is lost.
    `most_wait_seconds`: the longest pause between two tries to connect. `most_waiting`: how many messages of
    one subscription may wait to be read."""

    timeout_seconds: float = 15.0
    silence_seconds: float = 40.0
    most_wait_seconds: float = 10.0
    most_waiting: int = 10_000


@dataclass(slots=True)
class _Asked:
    """A request whose answer has not come. `result` gets the answer's bytes."""

    operation: str
    repeat_id: str
    result: asyncio.Future[bytes]

    def lost(self, reason: str) -> SdkError:
        if self.operation in LOOKING:
            return ConnectionFailed(f"{self.operation}: {reason}")
        return OutcomeUnknown(self.operation, reason, repeat_id=self.repeat_id)


class _Answer(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: dict[str, Any] = {}


class Connection:
    """`greet` runs on each new connection before anybody else may ask; `hear` gets what is no answer; `lost`
    is called when a connection has ended, and `ended` when there will be no other."""

    def __init__(
        self,
        url: str,
        key: ApiKey | None,
        options: SocketOptions,
        *,
        hear: Callable[[Head, bytes], None],
        lost: Callable[[], None],
        ended: Callable[[BaseException | None], None],
    ) -> None:
        self._url = url.rstrip("/").replace("http", "ws", 1) + PATH
        self._key = key
        self._options = options
        self._hear, self._lost, self._ended = hear, lost, ended
        self._clock = Clock()
        self._wire: ClientConnection | None = None
        self._asked: dict[int, _Asked] = {}
        self._numbers = itertools.count(1)
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._error: ApiError | None = None
        self._reason = ""
        self._greet: Callable[[], Awaitable[None]] | None = None

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    async def open(self, greet: Callable[[], Awaitable[None]]) -> None:
        """Until the first connection stands. Afterwards it comes back by itself."""
        self._greet = greet
        self._task = asyncio.create_task(self._run(), name="ballast socket")
        self._task.add_done_callback(self._end_of_run)
        try:
            await self.wait_ready(self._options.timeout_seconds)
        except BaseException:
            await self.close()
            raise

    def _end_of_run(self, task: asyncio.Task[None]) -> None:
        """Nobody waits for what will not come."""
        if not task.cancelled() and isinstance(task.exception(), Exception):
            self._ended(task.exception())

    async def wait_ready(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        except TimeoutError:
            raise ConnectionFailed(f"{self._url} is not to be reached: {self._reason}") from None
        if self._error is not None:
            raise self._error

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._ended(None)

    async def ask(self, operation: str, members: Mapping[str, object], *, repeat_id: str = "") -> bytes:
        """The answer's bytes. Raises ApiError if it is refused."""
        if self._error is not None:
            raise self._error
        if not self.is_ready:
            raise ConnectionFailed(f"{operation}: not connected.")
        return await self.ask_early(operation, members, repeat_id=repeat_id)

    async def ask_early(self, operation: str, members: Mapping[str, object], *, repeat_id: str = "") -> bytes:
        """As `ask`, while the connection is being greeted."""
        wire, number = self._wire, next(self._numbers)
        if wire is None:
            raise ConnectionFailed(f"{operation}: not connected.")
        asked = _Asked(operation, repeat_id, asyncio.get_running_loop().create_future())
        self._asked[number] = asked
        try:
            async with asyncio.timeout(self._options.timeout_seconds):
                await wire.send(msgspec.json.encode({"op": operation, "id": number, **members}), text=True)
                return _result(asked, await asked.result)
        except TimeoutError:
            raise asked.lost("no answer in time.") from None
        except ConnectionClosed as error:
            raise asked.lost(str(error)) from error
        finally:
            del self._asked[number]

    async def _run(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            error = await self._until_it_breaks()
            lasted = self.is_ready and time.monotonic() - began >= STEADY_SECONDS
            failures = 0 if lasted else failures + 1
            self._drop(error)
            if isinstance(error, ApiError) and error.code in _FINAL:
                self._error = error
                self._ready.set()  # who waits hears of it
                self._ended(error)
                return
            await asyncio.sleep(self._pause(failures))

    async def _until_it_breaks(self) -> Exception:
        """One connection's life; gives what ended it."""
        try:
            async with connect(
                self._url,
                open_timeout=self._options.timeout_seconds,
                close_timeout=1,
                ping_interval=None,  # the house pings, and its heartbeats are what is watched
                compression=None,
                max_size=MOST_BYTES,
            ) as wire:
                self._wire = wire
                reader = asyncio.create_task(self._read(wire), name="ballast socket reader")
                try:
                    await self._introduce()
                    self._ready.set()
                    await reader
                finally:
                    reader.cancel()
        except (OSError, TimeoutError, WebSocketException, ConnectionFailed, msgspec.MsgspecError) as error:
            return error
        except ApiError as error:
            self._correct_the_clock(error)
            return error
        raise AssertionError("a reader ends with an error")

    async def _introduce(self) -> None:
        assert self._greet is not None
        if self._key is not None:
            await self.ask_early("auth", self._proof(self._key))
        await self._greet()

    def _proof(self, key: ApiKey) -> dict[str, object]:
        headers = signed_headers(
            key, method="GET", target=PATH, timestamp_ms=self._clock.now_ms(), nonce=fresh_id()
        )
        return {
            "key": headers["X-API-KEY"],
            "timestamp": int(headers["X-TIMESTAMP"]),
            "nonce": headers["X-NONCE"],
            "signature": headers["X-SIGNATURE"],
        }

    def _correct_the_clock(self, error: ApiError) -> None:
        server_ms = error.details.get("server_time_ms")
        if error.code == "TIMESTAMP" and isinstance(server_ms, int):
            now = machine_ms()
            self._clock.learn(server_ms, sent_ms=now, received_ms=now)

    async def _read(self, wire: ClientConnection) -> None:
        reason = "the connection ended."
        try:
            while True:
                async with asyncio.timeout(self._options.silence_seconds):
                    frame = await wire.recv(decode=False)
                head = head_of(frame)
                if head.ok is None:
                    self._hear(head, frame)
                elif isinstance(head.id, int) and head.id in self._asked:
                    result = self._asked[head.id].result
                    if not result.done():
                        result.set_result(frame)
        except TimeoutError:
            reason = f"nothing was heard for {self._options.silence_seconds:g} s."
            raise
        except ConnectionClosed as error:
            reason = str(error)
            raise
        finally:
            for asked in self._asked.values():
                if not asked.result.done():
                    asked.result.set_exception(asked.lost(reason))

    def _drop(self, error: Exception) -> None:
        was_ready = self.is_ready
        self._wire = None
        self._ready.clear()
        self._reason = str(error)
        if was_ready:
            self._lost()

    def _pause(self, failures: int) -> float:
        most = min(self._options.most_wait_seconds, FIRST_WAIT_SECONDS * float(2 ** min(failures, 16)))
        return most * random.uniform(0.5, 1.0)  # noqa: S311


def _result(asked: _Asked, frame: bytes) -> bytes:
    answer = msgspec.json.decode(frame, type=_Answer)
    if answer.ok:
        return bytes(answer.result)
    error = error_of(answer.error)
    if error.code in _OPEN and asked.operation not in LOOKING:
        raise OutcomeUnknown(asked.operation, str(error), repeat_id=asked.repeat_id, error=error)
    raise error
