"""Commands and events of the journal in words: named fields in people's units, without what is empty."""

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.admin import units
from exchange.engine.commands import CommandKind
from exchange.engine.events import EventKind, Rejected
from exchange.engine.types import (
    CloseReason,
    MarketStatus,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.models import Market
from exchange.wire import MalformedMessage, decode_account_message, decode_command, decode_events

Described = tuple[str, str]

_ENUMS: Mapping[str, type] = {
    "side": Side,
    "taker_side": Side,
    "order_type": OrderType,
    "time_in_force": TimeInForce,
    "self_trade_prevention": SelfTradePrevention,
}
_STEPS = ("quote_atoms_per_tick_lot", "base_atoms_per_lot")


def describe_command(data: bytes | memoryview) -> Described:
    """(kind, the rest in words)."""
    try:
        command = decode_command(bytes(data))
    except MalformedMessage as error:
        return "unreadable", str(error)
    return CommandKind(command[0]).name, _fields(command)


def describe_events(data: bytes | memoryview) -> list[Described]:
    """One of each event, in their order."""
    return [(EventKind(event[0]).name, _fields(event)) for event in decode_events(bytes(data))]


def outcome(data: bytes | memoryview) -> str:
    """The events in a few words."""
    events = decode_events(bytes(data))
    if events and isinstance(events[0], Rejected):
        return f"refused: {RejectReason(events[0].reason).name}"
    names = [EventKind(event[0]).name for event in events]
    return ", ".join(dict.fromkeys(names))


def _fields(message: Any) -> str:
    values: dict[str, Any] = message._asdict()
    kind = type(message).__name__
    market = units.market_named(values.get("market", ""))
    parts = [
        f"{_named(name)} {_value(kind, name, value, values, market)}"
        for name, value in values.items()
        if (name != "kind" and value not in ("", 0, False)) or name in ("side", "taker_side", "status")
    ]
    return ", ".join(parts)


def _named(name: str) -> str:
    for unit in ("_ticks", "_lots", "_atoms", "_ns"):
        name = name.removesuffix(unit) if name not in _STEPS else name
    return name.replace("_", " ")


def _value(kind: str, name: str, value: Any, values: Mapping[str, Any], market: Market | None) -> str:
    if name in _ENUMS:
        return str(_ENUMS[name](value).name)
    if name == "status":
        return (OrderStatus if kind == "OrderClosed" else MarketStatus)(value).name
    if name == "reason":
        return RejectReason(value).name if kind == "Rejected" else CloseReason(value).name
    if name in _STEPS:
        return str(value)
    return _in_units(name, value, values, market)


def _in_units(name: str, value: Any, values: Mapping[str, Any], market: Market | None) -> str:
    if name.endswith("_ticks"):
        return units.price(value, market)
    if name.endswith("_lots"):
        return units.quantity(value, market)
    if name.endswith("_atoms"):
        asset = values.get("asset")
        return units.amount(value, asset) if asset else units.quote_amount(value, market)
    if name.endswith("_ns"):
        return units.at(value) if value > 10**17 else f"{value // 1_000_000} ms"
    return str(value)


def lines(described: Sequence[Described]) -> str:
    return "\n".join(f"{kind}: {text}" for kind, text in described)


def describe_account_message(data: bytes | memoryview) -> list[Described]:
    """Its events, then its balances."""
    content = decode_account_message(bytes(data))
    balances = [
        ("BALANCE", f"free {units.amount(free, asset)}, locked {units.amount(locked, asset)}")
        for asset, free, locked in content.balances
    ]
    return [*((EventKind(event[0]).name, _fields(event)) for event in content.events), *balances]
