"""The number of a request goes with its command into the engine's lines, beside the message as it was."""

import asyncio
from typing import cast
from uuid import uuid4

import psycopg
import pytest

from exchange import committing
from exchange.gateway import Gateway
from exchange.queue import FIELD, REQUEST_FIELD, stream_key
from exchange.web_gateway import redis_client
from exchange.wire import decode_envelope, encode_envelope
from logs.context import working_on
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, settle
from tests.support.logged import logged

NUMBER = "5d9f0c2be07a41f3b6a8c1d2"


def put(scene: Scene, **changes: object) -> None:
    command = limit(scene.alice, BUY, "50000")._replace(**changes)  # type: ignore[arg-type]
    message = encode_envelope(command_id=uuid4(), reply_to="", command=command)
    scene.clients.redis.xadd(stream_key(0), {FIELD: message, REQUEST_FIELD: NUMBER})


def test_web_puts_it_beside_the_command(scene: Scene) -> None:
    settle(scene.worker)

    async def ask() -> None:
        gateway = Gateway(redis_client(), lambda ids: asyncio.sleep(0, {}), reply_timeout_s=0.05)
        command = limit(scene.alice, BUY, "50000")
        await gateway.execute_all(shard=0, commands=[(command, uuid4())])
        await gateway.close()

    with working_on(NUMBER):
        asyncio.run(ask())
    ((_, fields),) = cast(list[tuple[bytes, dict[bytes, bytes]]], scene.clients.redis.xrange(stream_key(0)))
    assert fields[REQUEST_FIELD] == NUMBER.encode()
    assert decode_envelope(fields[FIELD]).command == limit(scene.alice, BUY, "50000")


def test_what_stands_in_the_queue_without_one_is_carried_out(scene: Scene) -> None:
    sent = scene.put(limit(scene.alice, BUY, "50000"))
    settle(scene.worker)
    assert sent in scene.clients.replies()


def test_the_engine_names_whose_command_it_could_not_carry_out(scene: Scene) -> None:
    settle(scene.worker)
    put(scene, client_order_id="x" * 100)
    with logged() as log:
        for _ in range(3):
            try:
                settle(scene.worker)
            except psycopg.Error:
                scene.worker.forget()
    (line,) = [one for one in log.lines("exchange.committing") if one["level"] == "error"]
    assert (line["request_ids"], line["shard"]) == ([NUMBER], 0)
    assert line["exception"]


def test_what_is_no_command_is_named_too(scene: Scene) -> None:
    scene.clients.redis.xadd(stream_key(0), {FIELD: b"nonsense", REQUEST_FIELD: NUMBER})
    with logged() as log:
        settle(scene.worker)
    (line,) = log.lines("exchange.intake")
    assert line["request_id"] == NUMBER


def test_a_number_of_any_bytes_does_no_harm(scene: Scene) -> None:
    scene.clients.redis.xadd(stream_key(0), {FIELD: b"nonsense", REQUEST_FIELD: b"\xff\n" * 100})
    with logged() as log:
        settle(scene.worker)
    (line,) = log.lines("exchange.intake")
    assert len(line["request_id"]) == 64


def test_a_slow_batch_says_who_waited(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(scene.worker)
    monkeypatch.setattr(committing, "SLOW_BATCH_S", -1.0)
    monkeypatch.setattr(committing, "MOST_NAMED", 2)
    for _ in range(3):
        put(scene)
    with logged() as log:
        settle(scene.worker)
    line = next(one for one in log.lines("exchange.committing") if one.get("request_ids"))
    assert (line["event"], line["request_ids"]) == ("a slow batch", [NUMBER, NUMBER])
    assert line["commit_ms"] >= 0
