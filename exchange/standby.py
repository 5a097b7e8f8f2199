"""An engine process for any shard: it leads the first one that nobody leads, and stands by for all."""

import logging
from collections.abc import Callable
from typing import Any

import psycopg

from exchange.lease import free_shards
from exchange.worker import Worker

logger = logging.getLogger(__name__)


class AnyShard:
    """Turns like a `Worker`. One that has to start over tries its own shard first."""

    def __init__(
        self, *, make: Callable[[int], Worker], connect: Callable[[], psycopg.Connection[Any]], lease_s: float
    ) -> None:
        self._make = make
        self._connect = connect
        self._lease_s = lease_s
        self._workers: dict[int, Worker] = {}
        self._worker: Worker | None = None
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def leads(self) -> bool:
        return self._worker is not None and self._worker.leads

    @property
    def shard(self) -> int | None:
        """The shard that it leads, or led last and may lead again; None while it stands by for all."""
        return None if self._worker is None else self._worker.shard

    def run_once(self) -> bool:
        """Raises what `Worker.run_once` does."""
        if self._worker is not None:
            found = self._worker.run_once()
            if self._worker.leads:
                return found
            logger.warning("shard %s is led by another process: standing by", self._worker.shard)
            self._let_go()
        for shard in self._free():
            if shard not in self._workers:
                self._workers[shard] = self._make(shard)
            self._worker = self._workers[shard]
            found = self._worker.run_once()
            if self._worker.leads:
                self._look_no_more()
                return found
            self._let_go()
        return False

    def forget(self) -> None:
        if self._worker is not None:
            self._worker.forget()
        self._look_no_more()

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        self.forget()

    def _let_go(self) -> None:
        assert self._worker is not None
        self._worker.forget()
        self._worker = None

    def _look_no_more(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _free(self) -> list[int]:
        if self._connection is None:
            self._connection = self._connect()
        return free_shards(self._connection, seconds=self._lease_s)
