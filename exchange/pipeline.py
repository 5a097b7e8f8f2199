"""One transaction's statements sent without waiting for any of them, over libpq itself.

psycopg's own pipeline looks at every parameter and every result for its type, which costs more than the
statements of a small batch do. Here the caller knows: text, numbers, or bytes in PostgreSQL's binary form.
The connection is psycopg's, in autocommit mode; between `begin` and `finish` nobody else may use it.
"""

import os
import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGresult

_INT8 = 20  # the type's number in PostgreSQL
_POLL_MS = 1_000
_SEND_BUFFER = 2**20
_names = count(1)

Parameter = str | bytes | int | float


def _widen(descriptor: int) -> None:
    """Let a whole batch leave at once, where the system allows it, so that nobody waits to send the rest."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


class Pipeline:
    """Statements are prepared at their first use. Placeholders are psycopg's; %s and %b mean the same here,
    where how a parameter is sent follows from its own type."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        _widen(self._pg.socket)
        self._prepared: dict[str, bytes] = {}
        self._awaited = 0

    @property
    def waiting(self) -> bool:
        """Whether a transaction is on its way."""
        return self._awaited > 0

    def begin(self) -> None:
        self._pg.enter_pipeline_mode()
        self.execute("BEGIN", ())

    def execute(self, query: str, params: Sequence[Parameter]) -> None:
        """Queue a statement. Its rows are not read; whether it failed is what `finish` says."""
        name = self._prepared.get(query) or self._prepare(query, params)
        values = [param if type(param) is bytes else str(param).encode() for param in params]
        formats = [Format.BINARY if type(param) is bytes else Format.TEXT for param in params]
        self._pg.send_query_prepared(name, values, formats)
        self._awaited += 1

    def commit(self) -> None:
        """Queue the end of the transaction, and send what the connection takes at once."""
        self.execute("COMMIT", ())
        self._pg.pipeline_sync()
        self._awaited += 1
        self.push()

    def push(self) -> bool:
        """Send more of what is queued, without waiting. Says whether all is sent."""
        return not self._awaited or self._pg.flush() == 0

    def finish(self) -> None:
        """Wait for the end of the transaction. Raises psycopg.Error: then nothing of it was committed, unless
        the connection was lost on the way."""
        failed: PGresult | None = None
        try:
            while self._awaited:
                result = self._next_result()
                if result is None:
                    continue
                self._awaited -= 1
                if result.status == ExecStatus.FATAL_ERROR and failed is None:
                    failed = result
        except BaseException:
            self._awaited = 0
            self._prepared.clear()
            raise
        self._pg.exit_pipeline_mode()
        if failed is not None:
            self._prepared.clear()  # some may have been skipped
            self._connection.rollback()
            raise errors.error_from_result(failed)

    def abandon(self) -> None:
        """Roll back what was queued, if the connection still stands."""
        if self._connection.broken or self._pg.pipeline_status == PipelineStatus.OFF:
            return
        with suppress(psycopg.Error):
            self._pg.pipeline_sync()
            self._awaited += 1
            self.finish()
            self._connection.rollback()

    def _prepare(self, query: str, params: Sequence[Parameter]) -> bytes:
        name = self._prepared[query] = b"batch_%d" % next(_names)
        pieces = query.replace("%b", "%s").split("%s")
        assert len(pieces) == len(params) + 1, query
        numbered = pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))
        types = [_INT8 if isinstance(param, int) else 0 for param in params]
        self._pg.send_prepare(name, numbered.encode(), types)
        self._awaited += 1
        return name

    def _next_result(self) -> PGresult | None:
        pg = self._pg
        unsent = pg.flush()
        if pg.is_busy() or unsent:
            waiter = select.poll()
            while pg.is_busy() or unsent:
                waiter.register(pg.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
                waiter.poll(_POLL_MS)  # lets other threads run, so that a watchdog can end this one
                pg.consume_input()
                unsent = pg.flush()
        return pg.get_result()
