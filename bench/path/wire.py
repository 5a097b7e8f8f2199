"""The sender's end of the queue: commands made into messages beforehand, committed replies by their number.

The load shares the machine with what it measures, so it does no more than a client must.
"""

from collections.abc import Sequence
from uuid import uuid4

import msgspec
import redis

from exchange.engine.commands import Command
from exchange.queue import reply_channel
from exchange.submission import ACCEPTED, SUBMIT_SCRIPT, Submission, submission_arguments
from exchange.wire import encode_envelope

_WHOLE_MESSAGE_S = 30.0
_replies = msgspec.msgpack.Decoder(list[tuple[bytes, int, int, bytes]])


class Wire:
    """Commands are known by their place. `unsent` begins at 0 and says which is next."""

    def __init__(self, client: redis.Redis, commands: Sequence[Command]) -> None:
        process = uuid4().hex
        identities = [uuid4() for _ in commands]
        self._submissions = [
            Submission(encode_envelope(command_id=identity, reply_to=process, command=command), identity)
            for identity, command in zip(identities, commands, strict=True)
        ]
        self._numbers = {identity.bytes: number for number, identity in enumerate(identities)}
        self._submit = client.register_script(SUBMIT_SCRIPT)
        self._subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._subscription.subscribe(reply_channel(process))
        self._subscription.get_message(timeout=1.0)
        self.unsent = 0

    def send(self, number: int) -> bool:
        """The next commands, so many; False where the queue takes none now."""
        chosen = self._submissions[self.unsent : self.unsent + number]
        keys, arguments = submission_arguments(0, chosen)
        if self._submit(keys=keys, args=arguments) != ACCEPTED:
            return False
        self.unsent += len(chosen)
        return True

    def answered(self, wait_s: float) -> list[int]:
        """Those that one message of the engine answers; none where none has come in time."""
        if not self._subscription.connection.can_read(timeout=wait_s):
            return []
        message = self._subscription.get_message(timeout=_WHOLE_MESSAGE_S)
        replies = _replies.decode(message["data"]) if message else []
        return [self._numbers[reply[0]] for reply in replies]

    def close(self) -> None:
        self._subscription.close()
