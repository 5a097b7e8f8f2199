"""Commands and events as bytes: what is sent is what arrives, and nothing else gets in."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from exchange.engine.events import LAYOUTS
from exchange.engine.types import EVERYBODY
from exchange.wire import (
    DUE_REQUEST,
    DUE_TRANSFER,
    VERSION,
    MalformedMessage,
    decode_account_message,
    decode_command,
    decode_envelope,
    decode_events,
    decode_replies,
    encode_account_message,
    encode_command,
    encode_due_request,
    encode_due_transfer,
    encode_envelope,
    encode_events,
    encode_replies,
)

KINDS: dict[type[Any], CommandKind] = {
    Malformed: CommandKind.MALFORMED,
    PlaceOrder: CommandKind.PLACE_ORDER,
    CancelOrder: CommandKind.CANCEL_ORDER,
    CancelAll: CommandKind.CANCEL_ALL,
    Deposit: CommandKind.DEPOSIT,
    Withdraw: CommandKind.WITHDRAW,
    CreateMarket: CommandKind.CREATE_MARKET,
    AmendOrder: CommandKind.AMEND_ORDER,
    SetSwitch: CommandKind.SET_SWITCH,
    Tick: CommandKind.TICK,
    ChangeMarket: CommandKind.CHANGE_MARKET,
    SetMarketStatus: CommandKind.SET_MARKET_STATUS,
    SetReferencePrice: CommandKind.SET_REFERENCE_PRICE,
    SetFeeTier: CommandKind.SET_FEE_TIER,
    SetAccountTier: CommandKind.SET_ACCOUNT_TIER,
}
FROM_QUEUE = (PlaceOrder, CancelOrder, CancelAll, AmendOrder, SetSwitch)
VALUES: dict[type, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    str: st.text(st.characters(codec="utf-8"), max_size=40),
    bool: st.booleans(),
}


def _built(layout: type[Any], kind: int) -> st.SearchStrategy[Any]:
    fields = [VALUES[layout.__annotations__[name]] for name in layout._fields[1:]]
    built = st.builds(lambda *values: layout(kind, *values), *fields)
    return built.filter(lambda command: getattr(command, "account", None) != EVERYBODY)


COMMANDS = st.one_of([_built(layout, int(kind)) for layout, kind in KINDS.items()])
QUEUED = st.one_of([_built(layout, int(KINDS[layout])) for layout in FROM_QUEUE])
EVENTS = st.one_of([_built(layout, int(kind)) for kind, layout in LAYOUTS.items()])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(COMMANDS)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    found = decode_command(encode_command(command))
    assert (found, type(found)) == (command, type(command))


@given(st.uuids(), st.text(st.characters(codec="utf-8")), QUEUED)
def test_an_envelope_comes_back_as_it_was(command_id: UUID, reply_to: str, command: Command) -> None:
    found = decode_envelope(encode_envelope(command_id=command_id, reply_to=reply_to, command=command))
    assert (found.command_id, found.reply_to, found.kind, found.command) == (
        command_id,
        reply_to,
        command[0],
        command,
    )
    assert decode_command(found.command_bytes) == command


def test_an_announced_transfer_carries_no_command() -> None:
    command_id = uuid4()
    found = decode_envelope(encode_due_transfer(command_id=command_id, reply_to="web"))
    assert found == (command_id, "web", DUE_TRANSFER, None, b"")


def test_an_announced_request_carries_no_command() -> None:
    command_id = uuid4()
    found = decode_envelope(encode_due_request(command_id=command_id))
    assert found == (command_id, "", DUE_REQUEST, None, b"")


@given(
    st.lists(EVENTS, max_size=5),
    st.lists(
        st.tuples(st.text(max_size=10), st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)), max_size=3
    ),
)
def test_an_accounts_message_comes_back_with_its_names(events: list[Any], balances: list[Any]) -> None:
    found = decode_account_message(encode_account_message(events, balances))
    assert (found.events, found.balances) == (events, balances)
    assert [type(event) for event in found.events] == [type(event) for event in events]
    assert all(held.free_atoms == free for held, (_, free, _) in zip(found.balances, balances, strict=True))


@given(st.sampled_from(FROM_QUEUE), st.data())
def test_nobody_sends_a_command_in_everybodys_name(layout: type[Any], data: Any) -> None:
    command = data.draw(_built(layout, int(KINDS[layout])))._replace(account=EVERYBODY)
    assert _refused(encode_envelope(command_id=uuid4(), reply_to="", command=command))


@given(st.lists(EVENTS, max_size=5))
def test_events_come_back_with_their_names(events: list[Any]) -> None:
    found = decode_events(encode_events(events))
    assert (found, [type(event) for event in found]) == (events, [type(event) for event in events])


@given(
    st.lists(st.tuples(st.uuids(), st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), EVENTS), max_size=4)
)
def test_replies_come_back_as_they_were(replies: list[Any]) -> None:
    packed = [(number.bytes, *rest, encode_events([event])) for number, *rest, event in replies]
    found = decode_replies(encode_replies(packed))
    assert found == [(number, *rest, [event]) for number, *rest, event in replies]


def _refused(data: bytes) -> bool:
    """Whether it is refused; any other exception than the one that the worker knows fails the test."""
    try:
        decode_envelope(data)
    except MalformedMessage:
        return True
    return False


@given(st.binary(max_size=300))
def test_no_bytes_can_break_the_reader(data: bytes) -> None:
    _refused(data)


@given(JUNK)
def test_well_formed_junk_is_refused(junk: object) -> None:
    assert _refused(msgspec.msgpack.encode(junk))


@given(st.integers(-1, 200), st.binary(max_size=20), JUNK)
def test_an_envelope_around_junk_is_refused(kind: int, command_id: bytes, junk: object) -> None:
    data = msgspec.msgpack.encode((VERSION, command_id, "web", kind, junk))
    assert _refused(data) or (kind in (DUE_TRANSFER, DUE_REQUEST) and len(command_id) == 16)


@given(st.uuids(), QUEUED, st.data())
def test_a_damaged_envelope_is_refused_or_still_a_command(
    command_id: UUID, command: Command, data: Any
) -> None:
    message = bytearray(encode_envelope(command_id=command_id, reply_to="web", command=command))
    message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    _refused(bytes(message))
    _refused(bytes(message[: data.draw(st.integers(0, len(message) - 1))]))


@pytest.mark.parametrize("depth", [100, 10_000, 1_000_000])
@pytest.mark.parametrize(
    "head", [b"", b"\x95\x01\xc4\x10" + bytes(16) + b"\xa0\x01"], ids=["bare", "in_place"]
)
def test_no_depth_of_nesting_can_break_the_reader(head: bytes, depth: int) -> None:
    assert _refused(head + b"\x91" * depth + b"\xc0")


@given(st.one_of([_built(layout, int(KINDS[layout])) for layout in KINDS if layout not in FROM_QUEUE]))
def test_money_and_markets_never_come_out_of_the_queue(command: Command) -> None:
    assert _refused(encode_envelope(command_id=uuid4(), reply_to="", command=command))
    hidden = msgspec.Raw(encode_command(command))
    envelope = (VERSION, uuid4().bytes, "", int(CommandKind.PLACE_ORDER), hidden)
    assert _refused(msgspec.msgpack.encode(envelope))


@pytest.mark.parametrize("version", [0, VERSION + 1, -1])
def test_another_version_is_refused(version: int) -> None:
    raw = msgspec.Raw(encode_command(CancelAll(int(CommandKind.CANCEL_ALL), 0, 1, "")))
    envelope = (version, uuid4().bytes, "", int(CommandKind.CANCEL_ALL), raw)
    assert _refused(msgspec.msgpack.encode(envelope))
