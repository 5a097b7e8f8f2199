"""Money into and out of an engine. The other end of each movement is a pending ledger transfer."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.commands import Deposit, Withdraw
from exchange.engine.events import Event, EventKind
from exchange.engine.rejection import rejected
from exchange.engine.state import EngineState
from exchange.engine.types import INT64_MAX, RejectReason


def deposit(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Bounds the total of the asset, and thereby every balance that trading can make of it."""
    _, account, asset_name, amount_atoms, transfer_id = Deposit(*command)
    asset = state.assets.get(asset_name)
    if asset is None:
        return rejected(account, "", "", RejectReason.ASSET_NOT_FOUND)
    if amount_atoms <= 0:
        return rejected(account, "", "", RejectReason.INVALID_AMOUNT)
    if asset.total_atoms + amount_atoms > INT64_MAX:
        return rejected(account, "", "", RejectReason.OUT_OF_RANGE)
    asset.total_atoms += amount_atoms
    asset.balance(account).free_atoms += amount_atoms
    return [(int(EventKind.DEPOSITED), account, asset_name, amount_atoms, transfer_id)]


def withdraw(state: EngineState, command: Sequence[Any]) -> list[Event]:
    _, account, asset_name, amount_atoms, transfer_id = Withdraw(*command)
    asset = state.assets.get(asset_name)
    if asset is None:
        return rejected(account, "", "", RejectReason.ASSET_NOT_FOUND)
    if amount_atoms <= 0:
        return rejected(account, "", "", RejectReason.INVALID_AMOUNT)
    balance = asset.balance(account)
    if balance.free_atoms < amount_atoms:
        return rejected(account, "", "", RejectReason.INSUFFICIENT_FUNDS)
    asset.total_atoms -= amount_atoms
    balance.free_atoms -= amount_atoms
    return [(int(EventKind.WITHDRAWN), account, asset_name, amount_atoms, transfer_id)]
