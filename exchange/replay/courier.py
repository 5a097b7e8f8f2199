"""Sends commands to the engine in strict order, many at a time, and takes the replies as they come.

It keeps a bounded number of commands on the way, so that it never fills the queue for others, and what the
queue refuses waits here. A reply that does not come is looked up in the journal, as a web process does.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import redis

from exchange.engine.commands import Command
from exchange.queue import reply_channel
from exchange.submission import ACCEPTED, SUBMIT_SCRIPT, Submission, submission_arguments
from exchange.wire import Reply, decode_replies, encode_envelope

CHUNK = 500
ON_THE_WAY = 5_000
_WHOLE_MESSAGE_S = 30.0
_PAUSE_S = 0.01
_SILENCE_S = 2.0
_PATIENCE_S = 60.0


class NoAnswer(Exception):
    """The engine has not answered for so long that the replay cannot go on."""


class Courier:
    """`deliver` gets every reply once; `look_up` finds a committed one by its command id, or None."""

    def __init__(
        self,
        client: redis.Redis,
        *,
        shard: int,
        deliver: Callable[[Reply], None],
        look_up: Callable[[UUID], Reply | None],
    ) -> None:
        self._shard = shard
        self._deliver = deliver
        self._look_up = look_up
        self._submit = client.register_script(SUBMIT_SCRIPT)
        self._process = uuid4().hex
        self._outstanding: dict[UUID, None] = {}
        self._heard_at = time.monotonic()
        self._subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._subscription.subscribe(reply_channel(self._process))

    def send(self, commands: Iterable[Command]) -> None:
        """Returns when every command has its committed reply. Raises NoAnswer or redis.RedisError."""
        self._heard_at = time.monotonic()
        for chunk in _chunks(commands, CHUNK):
            while len(self._outstanding) + len(chunk) > ON_THE_WAY:
                self._receive(_PAUSE_S)
            self._put(chunk)
            self._receive(0)
        while self._outstanding:
            self._receive(_PAUSE_S)

    def close(self) -> None:
        self._subscription.close()

    def _put(self, commands: Sequence[Command]) -> None:
        submissions = []
        for command in commands:
            command_id = uuid4()
            self._outstanding[command_id] = None
            message = encode_envelope(command_id=command_id, reply_to=self._process, command=command)
            submissions.append(Submission(message, command_id))
        keys, arguments = submission_arguments(self._shard, submissions)
        while self._submit(keys=keys, args=arguments) != ACCEPTED:
            self._receive(_PAUSE_S)

    def _receive(self, wait_s: float) -> None:
        """Take what replies there are, waiting for the first; ask the journal after a long silence."""
        message = self._next_message(wait_s)
        if message is None:
            self._endure_silence()
        while message is not None:
            self._heard_at = time.monotonic()
            for reply in decode_replies(message["data"]):
                self._take(reply)
            message = self._next_message(0)

    def _next_message(self, wait_s: float) -> Any:
        """The next message if its first bytes are here within `wait_s`.

        Never asked for with a short time-out: redis-py drops the connection, and what was on its way, where a
        message is but half there when the time is up.
        """
        connection = self._subscription.connection
        if connection is None or not connection.can_read(timeout=wait_s):
            return None
        return self._subscription.get_message(timeout=_WHOLE_MESSAGE_S)

    def _endure_silence(self) -> None:
        silence_s = time.monotonic() - self._heard_at
        if silence_s > _PATIENCE_S:
            raise NoAnswer(f"{len(self._outstanding)} commands have no answer after {silence_s:.0f} s")
        if silence_s > _SILENCE_S:
            time.sleep(_PAUSE_S * 10)
            for command_id in list(islice(self._outstanding, CHUNK)):
                reply = self._look_up(command_id)
                if reply is None:
                    return
                self._heard_at = time.monotonic()
                self._take(reply)

    def _take(self, reply: Reply) -> None:
        if reply.command_id in self._outstanding:
            del self._outstanding[reply.command_id]
            self._deliver(reply)


def _chunks(commands: Iterable[Command], size: int) -> Iterator[list[Command]]:
    remaining = iter(commands)
    while chunk := list(islice(remaining, size)):
        yield chunk
