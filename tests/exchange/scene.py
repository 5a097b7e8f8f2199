"""What the worker's tests start from: Alice and Bob have money on both sides of a market, a worker leads."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from exchange.connections import engine_connection
from exchange.engine.commands import Command, PlaceOrder, place_order
from exchange.engine.types import Side
from exchange.queue import FIELD, stream_key
from exchange.recovery import load_engine
from exchange.verification import verify_journal
from exchange.wire import Reply, encode_envelope
from exchange.worker import Worker
from ledger.selectors import identity_violations
from tests.exchange.support import BTC, MARKET, USDB, Clients, make_market, make_worker, person, settle, ticks


@dataclass
class Scene:
    worker: Worker
    clients: Clients
    alice: int
    bob: int
    others: list[Worker] = field(default_factory=list)

    def another(self, **options: Any) -> Worker:
        """A second worker of the same shard."""
        self.others.append(make_worker(**options))
        return self.others[-1]

    def close(self) -> None:
        for worker in [self.worker, *self.others]:
            worker.forget()

    def tell(self, command: Command, *, command_id: UUID | None = None) -> Reply:
        """Send it, let the worker turn, and give the reply."""
        sent = self.clients.send(command, command_id=command_id)
        settle(self.worker)
        return self.clients.reply(sent)

    def put(self, command: Command, *, command_id: UUID | None = None, entry_id: str = "*") -> UUID:
        """Straight into the queue, whether or not an engine takes commands."""
        command_id = command_id or uuid4()
        message = encode_envelope(command_id=command_id, reply_to=self.clients.process, command=command)
        self.clients.redis.xadd(stream_key(0), {FIELD: message}, id=entry_id)
        return command_id

    def restart(self) -> None:
        """Another process in the old one's place, which has given the lease back."""
        self.worker.stop()
        self.worker = make_worker()
        settle(self.worker)

    def problems(self) -> list[str]:
        with engine_connection() as connection:
            return verify_journal(connection, 0).problems

    def check(self) -> None:
        """Ledger, journal and tables agree, and the engine is what its tables say."""
        assert identity_violations() == []
        assert self.problems() == []
        with engine_connection() as connection, connection.cursor() as cursor:
            assert load_engine(cursor, 0).state_digest() == self.worker.engine.state_digest()


def open_scene(**market: int) -> Scene:
    make_market(**market)
    alice = person("alice", btc=10 * BTC, usdb=1_000_000 * USDB)
    bob = person("bob", btc=10 * BTC, usdb=1_000_000 * USDB)
    worker = make_worker()
    settle(worker)
    return Scene(worker, Clients(), alice, bob)


def limit(account: int, side: Side, price: str, lots: int = 1_000, **rest: Any) -> PlaceOrder:
    return place_order(
        account=account, market=MARKET, side=side, price_ticks=ticks(price), quantity_lots=lots, **rest
    )
