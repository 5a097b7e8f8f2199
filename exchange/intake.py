"""From what stands in the queue and in waiting rows to work for the engine, in the order it arrived."""

import logging
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import psycopg

from exchange.engine.commands import CancelAll, Command, PlaceOrder, deposit, tick, withdraw
from exchange.queue import Entry, Mark, pending_key
from exchange.recovery import market_commands
from exchange.rules import TransferDirection
from exchange.wire import (
    DUE_REQUEST,
    DUE_TRANSFER,
    MALFORMED,
    MalformedMessage,
    decode_envelope,
    decode_request,
    encode_command,
)

logger = logging.getLogger(__name__)

_MARKET_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-6d61726b6574")
_STREAM_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-73747265616d")
_MALFORMED_BYTES = encode_command(MALFORMED)
_TICK = tick()
_TICK_BYTES = encode_command(_TICK)
# A row that waits though its command is in the journal was changed by hand. Refusing it would need the same
# place in the journal: it waits, for all to see, and holds up nobody.
_DUE_REQUESTS = """
SELECT command_id, command FROM exchange_enginerequest AS r
 WHERE shard_id = %s AND status = 'PENDING'
   AND NOT EXISTS (SELECT FROM exchange_journalentry AS j WHERE j.command_id = r.command_id)
 ORDER BY id LIMIT %s"""
_DUE_TRANSFERS = """
SELECT command_id, direction, user_id, asset, amount_atoms, pending_id FROM exchange_wallettransfer
 WHERE shard_id = %s AND status = 'PENDING' ORDER BY id LIMIT %s"""


class Work(NamedTuple):
    """A command to be applied, and the process that waits for its outcome ("" for none).

    `requested`: it stands in a row of `EngineRequest`, which ends with it.
    """

    command_id: UUID
    reply_to: str
    command: Command
    command_bytes: bytes
    mark: Mark | None = None
    requested: bool = False
    request_id: str = ""


class Announcement(NamedTuple):
    """A message that says that a row waits: the row is the truth, not the message."""

    command_id: UUID
    reply_to: str
    kind: int
    request_id: str


def decode_entries(
    entries: Sequence[Entry], poison: Collection[UUID], shard: int
) -> list[Work | Announcement]:
    """Each message as work. What is no command, or made the engine fail before, it will refuse."""
    found: list[Work | Announcement] = []
    for entry in entries:
        try:
            envelope = decode_envelope(entry.message)
        except MalformedMessage as error:
            facts = {"shard": shard, "request_id": entry.request_id}
            logger.warning("message %s is no command: %s", entry.entry_id, error, extra=facts)
            command_id = uuid5(_STREAM_NAMESPACE, f"{shard}/{entry.entry_id}/{entry.message.hex()}")
            found.append(Work(command_id, "", MALFORMED, _MALFORMED_BYTES))
            continue
        if envelope.command is None:
            found.append(
                Announcement(envelope.command_id, envelope.reply_to, envelope.kind, entry.request_id)
            )
            continue
        command, command_bytes = envelope.command, envelope.command_bytes
        if poison and envelope.command_id in poison:
            facts = {"shard": shard, "request_id": entry.request_id}
            logger.warning("command %s made the engine fail: refused", envelope.command_id, extra=facts)
            command, command_bytes = MALFORMED, _MALFORMED_BYTES
        mark = _mark(envelope.command_id, envelope.command, shard)
        command_id, reply_to, number = envelope.command_id, envelope.reply_to, entry.request_id
        found.append(Work(command_id, reply_to, command, command_bytes, mark, False, number))
    return found


def _mark(command_id: UUID, command: Command, shard: int) -> Mark | None:
    if isinstance(command, PlaceOrder) and command.client_order_id:
        return Mark(pending_key(shard, command.account, command.client_order_id), command_id.hex)
    return None


def due_transfers(
    cursor: psycopg.Cursor[Any], *, shard: int, limit: int, poison: Collection[UUID]
) -> dict[UUID, Work]:
    """The wallet transfers whose rows wait for this engine, oldest first."""
    found = {}
    for command_id, direction, user_id, asset, amount, pending_id in cursor.execute(
        _DUE_TRANSFERS, [shard, limit]
    ):
        build = deposit if direction == TransferDirection.TO_TRADING else withdraw
        command = build(account=user_id, asset=asset, amount_atoms=amount, transfer_id=pending_id)
        if command_id not in poison:
            found[command_id] = Work(command_id, "", command, encode_command(command))
    return found


def due_requests(
    cursor: psycopg.Cursor[Any], *, shard: int, limit: int, poison: Collection[UUID]
) -> dict[UUID, Work]:
    """What operators ask of this engine, oldest first. What cannot be read or carried out it will refuse.

    What closes everybody's orders comes last in its batch: each may fill one.
    """
    found = {}
    for command_id, command_bytes in cursor.execute(_DUE_REQUESTS, [shard, limit]):
        try:
            command, encoded = decode_request(bytes(command_bytes)), bytes(command_bytes)
        except MalformedMessage as error:
            logger.warning("request %s is no command: %s", command_id, error)
            command, encoded = MALFORMED, _MALFORMED_BYTES
        if command_id in poison:
            command, encoded = MALFORMED, _MALFORMED_BYTES
        found[command_id] = Work(command_id, "", command, encoded, requested=True)
        if isinstance(command, CancelAll):
            break
    return found


def due_rows(
    cursor: psycopg.Cursor[Any], items: Sequence[Work | Announcement], **which: Any
) -> dict[UUID, Work]:
    """The rows that these announce, with all others of their kind that wait."""
    kinds = {item.kind for item in items if isinstance(item, Announcement)}
    requests = due_requests(cursor, **which) if DUE_REQUEST in kinds else {}
    transfers = due_transfers(cursor, **which) if DUE_TRANSFER in kinds else {}
    return requests | transfers


def due_tick() -> Work:
    """A command of the worker's own: time has passed."""
    return Work(uuid4(), "", _TICK, _TICK_BYTES)


def due_markets(cursor: psycopg.Cursor[Any], *, shard: int, poison: Collection[UUID]) -> list[Work]:
    """The markets whose rows wait to be created."""
    found = []
    for market_id, command in market_commands(cursor, shard, pending=True):
        command_id = uuid5(_MARKET_NAMESPACE, str(market_id))
        if command_id not in poison:
            found.append(Work(command_id, "", command, encode_command(command)))
    return found


def resolve(items: Sequence[Work | Announcement], due: dict[UUID, Work]) -> list[Work]:
    """Announcements replaced, in their place, by the work their rows hold; those already done fall away.

    Rows that nobody announced come last. A command that stands twice is kept once, where it came first.
    """
    rest = dict(due)
    found: dict[UUID, Work] = {}
    for item in items:
        if isinstance(item, Work):
            found.setdefault(item.command_id, item)
        elif item.command_id in rest:
            row = rest.pop(item.command_id)
            found[item.command_id] = row._replace(reply_to=item.reply_to, request_id=item.request_id)
    for item in rest.values():
        found.setdefault(item.command_id, item)
    return list(found.values())
