"""Commands and events as bytes: in the queue, in the journal, and as a reply.

MessagePack arrays with a version in front. Decoding checks every field's type, so that what reaches the
engine has the shape that `exchange.engine.commands` describes; anything else is `MalformedMessage`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from exchange.engine.commands import (
    AmendOrder,
    CancelAll,
    CancelOrder,
    ChangeMarket,
    Command,
    CommandKind,
    CreateMarket,
    Deposit,
    Malformed,
    PlaceOrder,
    SetAccountTier,
    SetFeeTier,
    SetMarketStatus,
    SetReferencePrice,
    SetSwitch,
    Tick,
    Withdraw,
)
from exchange.engine.events import Event, NamedEvent, named
from exchange.engine.types import EVERYBODY

VERSION = 2
# Not commands: they say that a row waits for the engine, of a wallet transfer or of an operator's request.
DUE_TRANSFER = 100
DUE_REQUEST = 101


class MalformedMessage(Exception):
    """Bytes that are no message of this version."""


class Envelope(NamedTuple):
    """One message of the queue. `command` is None where a row is due; `reply_to` "" wants no reply."""

    command_id: UUID
    reply_to: str
    kind: int
    command: Command | None
    command_bytes: bytes


class Reply(NamedTuple):
    """The committed outcome of one command, exactly as the journal has it."""

    command_id: UUID
    sequence: int
    timestamp_ns: int
    events: list[NamedEvent]


class AssetBalance(NamedTuple):
    """What an account holds of an asset after a batch."""

    asset: str
    free_atoms: int
    locked_atoms: int


class AccountContent(NamedTuple):
    """What one batch changed for one account: its events in their order, and its balances afterwards.

    A trade names both accounts: whoever renders it shows the account its own side alone.
    """

    events: list[NamedEvent]
    balances: list[AssetBalance]


_encoder = msgspec.msgpack.Encoder()
_account_decoder = msgspec.msgpack.Decoder(tuple[list[tuple[Any, ...]], list[AssetBalance]])
_envelope_decoder = msgspec.msgpack.Decoder(tuple[int, bytes, str, int, msgspec.Raw])
_replies_decoder = msgspec.msgpack.Decoder(list[tuple[bytes, int, int, bytes]])
_command_decoders: dict[int, msgspec.msgpack.Decoder[Any]] = {
    CommandKind.MALFORMED: msgspec.msgpack.Decoder(Malformed),
    CommandKind.PLACE_ORDER: msgspec.msgpack.Decoder(PlaceOrder),
    CommandKind.CANCEL_ORDER: msgspec.msgpack.Decoder(CancelOrder),
    CommandKind.CANCEL_ALL: msgspec.msgpack.Decoder(CancelAll),
    CommandKind.DEPOSIT: msgspec.msgpack.Decoder(Deposit),
    CommandKind.WITHDRAW: msgspec.msgpack.Decoder(Withdraw),
    CommandKind.CREATE_MARKET: msgspec.msgpack.Decoder(CreateMarket),
    CommandKind.AMEND_ORDER: msgspec.msgpack.Decoder(AmendOrder),
    CommandKind.SET_SWITCH: msgspec.msgpack.Decoder(SetSwitch),
    CommandKind.TICK: msgspec.msgpack.Decoder(Tick),
    CommandKind.CHANGE_MARKET: msgspec.msgpack.Decoder(ChangeMarket),
    CommandKind.SET_MARKET_STATUS: msgspec.msgpack.Decoder(SetMarketStatus),
    CommandKind.SET_REFERENCE_PRICE: msgspec.msgpack.Decoder(SetReferencePrice),
    CommandKind.SET_FEE_TIER: msgspec.msgpack.Decoder(SetFeeTier),
    CommandKind.SET_ACCOUNT_TIER: msgspec.msgpack.Decoder(SetAccountTier),
}
_FROM_QUEUE = frozenset(
    {
        CommandKind.PLACE_ORDER,
        CommandKind.CANCEL_ORDER,
        CommandKind.CANCEL_ALL,
        CommandKind.AMEND_ORDER,
        CommandKind.SET_SWITCH,
    }
)
FROM_REQUESTS = frozenset(
    {
        CommandKind.CANCEL_ORDER,
        CommandKind.CANCEL_ALL,
        CommandKind.CHANGE_MARKET,
        CommandKind.SET_MARKET_STATUS,
        CommandKind.SET_REFERENCE_PRICE,
        CommandKind.SET_FEE_TIER,
        CommandKind.SET_ACCOUNT_TIER,
    }
)

MALFORMED = Malformed(int(CommandKind.MALFORMED))


def encode_command(command: Command) -> bytes:
    return _encoder.encode(command)


def decode_command(data: bytes | msgspec.Raw) -> Command:
    """A command as the journal keeps it. Raises MalformedMessage."""
    try:
        kind = msgspec.msgpack.decode(data, type=list[Any])[0]
        command: Command = _command_decoders[kind].decode(data)
    except (msgspec.MsgspecError, LookupError, TypeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error
    return command


def decode_request(data: bytes) -> Command:
    """A command as an operator's request has it: money, markets and orders have other ways into the engine.

    Raises MalformedMessage.
    """
    command = decode_command(data)
    if command[0] not in FROM_REQUESTS:
        raise MalformedMessage(f"kind {command[0]}")
    return command


def encode_envelope(*, command_id: UUID, reply_to: str, command: Command) -> bytes:
    raw = msgspec.Raw(_encoder.encode(command))
    return _encoder.encode((VERSION, command_id.bytes, reply_to, command[0], raw))


def encode_due_transfer(*, command_id: UUID, reply_to: str) -> bytes:
    return _encoder.encode((VERSION, command_id.bytes, reply_to, DUE_TRANSFER, None))


def encode_due_request(*, command_id: UUID) -> bytes:
    return _encoder.encode((VERSION, command_id.bytes, "", DUE_REQUEST, None))


def decode_envelope(data: bytes) -> Envelope:
    """A message of the queue. Only what clients may send is accepted: orders, amends, cancels, switches, and
    that a row is due.

    Raises MalformedMessage; money, markets and what an operator may do enter the engine from database rows,
    never from here. So no command is for everybody's account.
    """
    try:
        version, command_id, reply_to, kind, raw = _envelope_decoder.decode(data)
        if version != VERSION:
            raise MalformedMessage(f"version {version}")
        if kind in (DUE_TRANSFER, DUE_REQUEST):
            return Envelope(UUID(bytes=command_id), reply_to, kind, None, b"")
        if kind not in _FROM_QUEUE:
            raise MalformedMessage(f"kind {kind}")
        command = _command_decoders[kind].decode(raw)
        if command[0] != kind:
            raise MalformedMessage("the kind inside differs")
        if command[2] == EVERYBODY:
            raise MalformedMessage("no account")
        return Envelope(UUID(bytes=command_id), reply_to, kind, command, bytes(raw))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error


def encode_events(events: Sequence[Event]) -> bytes:
    return _encoder.encode(events)


def decode_events(data: bytes) -> list[NamedEvent]:
    return [named(event) for event in msgspec.msgpack.decode(data, type=list[tuple[Any, ...]])]


def encode_account_message(events: Sequence[Event], balances: Sequence[tuple[str, int, int]]) -> bytes:
    """`events`: those that concern the account; `balances`: (asset, free, locked) of what they changed."""
    return _encoder.encode((events, balances))


def decode_account_message(data: bytes) -> AccountContent:
    events, balances = _account_decoder.decode(data)
    return AccountContent([named(event) for event in events], balances)


def encode_replies(replies: Sequence[tuple[bytes, int, int, bytes]]) -> bytes:
    """`replies`: (command id, sequence, timestamp, events as bytes) of one batch for one web process."""
    return _encoder.encode(replies)


def decode_replies(data: bytes) -> list[Reply]:
    return [
        Reply(UUID(bytes=command_id), sequence, timestamp_ns, decode_events(events))
        for command_id, sequence, timestamp_ns, events in _replies_decoder.decode(data)
    ]
