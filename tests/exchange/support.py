"""A worker on the test's database and Redis, people with money, and commands on their way to it."""

import os
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import redis
from django.contrib.auth.models import User

from exchange.connections import engine_connection
from exchange.engine.commands import Command, PlaceOrder
from exchange.engine.types import Side
from exchange.models import LanePolicy
from exchange.queue import reply_channel
from exchange.rules import TransferDirection
from exchange.services.markets import open_market
from exchange.services.transfers import begin_transfer
from exchange.submission import SUBMIT_SCRIPT, Submission, submission_arguments
from exchange.wire import Reply, decode_replies, encode_envelope
from exchange.worker import Limits, Worker
from ledger.services import issue_demo_funds, seed_assets

BTC = 10**8
USDB = 10**8
MARKET = "BTC-USDB"
REPLY_S = 10.0
FAST = Limits(block_ms=5, lease_s=2.0, chores_s=0.0)


def client() -> redis.Redis:
    return redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5)


def make_worker(
    *,
    holder: str = "test",
    limits: Limits = FAST,
    connect: Callable[[], psycopg.Connection] = engine_connection,
    clock_ns: Callable[[], int] = time.time_ns,
) -> Worker:
    return Worker(shard=0, holder=holder, connect=connect, client=client(), limits=limits, clock_ns=clock_ns)


def make_market(**options: int) -> None:
    """BTC-USDB: tick 0.01, lot 0.00001, fees 2 and 5 basis points."""
    seed_assets()
    open_market(symbol=MARKET, price_decimals=2, quantity_decimals=5, lane_policy=LanePolicy.FIFO, **options)


def person(name: str, *, btc: int = 0, usdb: int = 0) -> int:
    """A user whose money is on its way to trading; the worker's next turn finds it."""
    user, _ = User.objects.get_or_create(username=name)
    for asset, amount in (("BTC", btc), ("USDB", usdb)):
        if amount:
            key = f"{name}-{asset}-{uuid4()}"
            issue_demo_funds(owner_id=user.pk, asset=asset, amount_atoms=amount, key=key)
            begin_transfer(
                user_id=user.pk,
                shard=0,
                direction=TransferDirection.TO_TRADING,
                asset=asset,
                amount_atoms=amount,
                key=key,
            )
    return user.pk


def settle(worker: Worker) -> None:
    """Turns until the worker leads and has done what waited in rows and in the queue."""
    worker.run_once()
    while worker.run_once():
        pass


class Clients:
    """Sends commands as a web process does and collects the replies that come back."""

    def __init__(self) -> None:
        self.redis = client()
        self.process = uuid4().hex
        self._submit = self.redis.register_script(SUBMIT_SCRIPT)
        self._subscription = self.redis.pubsub()  # type: ignore[no-untyped-call]
        self._subscription.subscribe(reply_channel(self.process))
        self._subscription.get_message(timeout=5)

    def send(self, command: Command, *, command_id: UUID | None = None) -> UUID:
        command_id = command_id or uuid4()
        message = encode_envelope(command_id=command_id, reply_to=self.process, command=command)
        owner, client_order_id = 0, ""
        if isinstance(command, PlaceOrder):
            owner, client_order_id = command.account, command.client_order_id
        submission = Submission(message, command_id, owner, client_order_id)
        keys, arguments = submission_arguments(0, [submission])
        assert self._submit(keys=keys, args=arguments) == 1, "the engine is not taking commands"
        return command_id

    def reply(self, command_id: UUID) -> Reply:
        """Waited for; what arrives before it is dropped."""
        while message := self._subscription.get_message(timeout=REPLY_S):
            if message["type"] == "message":
                for reply in decode_replies(message["data"]):
                    if reply.command_id == command_id:
                        return reply
        raise AssertionError(f"no reply to {command_id}")

    def replies(self) -> dict[UUID, Reply]:
        """Every reply that has arrived and was not asked for before."""
        found = {}
        while message := self._subscription.get_message(ignore_subscribe_messages=True, timeout=0.05):
            found.update({reply.command_id: reply for reply in decode_replies(message["data"])})
        return found


def ticks(price: str) -> int:
    whole, _, cents = price.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


BUY, SELL = Side.BUY, Side.SELL
