"""Plans and specs as JSON: strings and integers, and exactly the fields there are. Reading is strict."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from custody.bitcoin.errors import PlanFault, PlanMismatch
from custody.bitcoin.keys import key_text, read_key
from custody.bitcoin.transactions import MAX_SATS
from custody.bitcoin.types import (
    Change,
    Network,
    OutPoint,
    Payment,
    Place,
    Purpose,
    SpendInput,
    SpendPlan,
    WalletKind,
    WalletSpec,
)

Json = dict[str, Any]  # the structures below are what gives it a shape

_Sats = Annotated[int, msgspec.Meta(ge=0, le=MAX_SATS)]
_Index = Annotated[int, msgspec.Meta(ge=0, lt=0x80000000)]
_Branch = Annotated[int, msgspec.Meta(ge=0, le=1)]
_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Txid = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Hex = Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{2})*\Z", max_length=8_000_000)]


class _Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    network: Network
    kind: WalletKind
    keys: Annotated[list[_Text], msgspec.Meta(min_length=1, max_length=3)]


class _Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    txid: _Txid
    vout: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
    value_sats: _Sats
    branch: _Branch
    index: _Index
    previous_tx: _Hex


class _Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: _Text
    value_sats: _Sats
    reference: _Text


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    branch: _Branch
    index: _Index
    value_sats: _Sats


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spend_id: _Text
    version: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]
    purpose: Purpose
    wallet: _Spec
    inputs: Annotated[list[_Input], msgspec.Meta(max_length=100)]
    payments: Annotated[list[_Payment], msgspec.Meta(max_length=100)]
    change: _Change | None
    fee_sats: _Sats


def spec_to_json(spec: WalletSpec) -> Json:
    return {
        "network": spec.network.value,
        "kind": spec.kind.value,
        "keys": [key_text(one) for one in spec.keys],
    }


def spec_from_json(content: object) -> WalletSpec:
    """Raises BadKey for keys, PlanMismatch for the rest."""
    return _spec(_converted(content, _Spec))


def _spec(read: _Spec) -> WalletSpec:
    keys = tuple(read_key(one, read.network, None) for one in read.keys)
    return WalletSpec(read.network, read.kind, keys)


def plan_to_json(plan: SpendPlan) -> Json:
    change = plan.change
    return {
        "spend_id": plan.spend_id,
        "version": plan.version,
        "purpose": plan.purpose.value,
        "wallet": spec_to_json(plan.wallet),
        "inputs": [_input_json(one) for one in plan.inputs],
        "payments": [
            {"address": one.address, "value_sats": one.value_sats, "reference": one.reference}
            for one in plan.payments
        ],
        "change": None if change is None else {**_place_json(change.place), "value_sats": change.value_sats},
        "fee_sats": plan.fee_sats,
    }


def _input_json(spent: SpendInput) -> Json:
    return {
        "txid": spent.outpoint.txid,
        "vout": spent.outpoint.vout,
        "value_sats": spent.value_sats,
        **_place_json(spent.place),
        "previous_tx": spent.previous_tx.hex(),
    }


def _place_json(place: Place) -> Mapping[str, int]:
    return {"branch": place.branch, "index": place.index}


def plan_from_json(content: object) -> SpendPlan:
    """Of the right shape; whether it is a good plan says `check_plan`. Raises PlanMismatch or BadKey."""
    read = _converted(content, _Plan)
    change = read.change
    return SpendPlan(
        spend_id=read.spend_id,
        version=read.version,
        purpose=read.purpose,
        wallet=_spec(read.wallet),
        inputs=tuple(_input(one) for one in read.inputs),
        payments=tuple(Payment(one.address, one.value_sats, one.reference) for one in read.payments),
        change=None if change is None else Change(Place(change.branch, change.index), change.value_sats),
        fee_sats=read.fee_sats,
    )


def _input(read: _Input) -> SpendInput:
    place = Place(read.branch, read.index)
    return SpendInput(OutPoint(read.txid, read.vout), read.value_sats, place, bytes.fromhex(read.previous_tx))


_Shape = TypeVar("_Shape", _Spec, _Plan)


def _converted(content: object, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        raise PlanMismatch(PlanFault.ENCODING, str(error)) from None
