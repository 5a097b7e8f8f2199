"""A PSBT as its maps of raw fields: to sign it as a wallet would, and to spoil it as an attacker would.

It checks nothing, on purpose.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from custody.bitcoin.plans import digest
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.scripts import script_at
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.types import SpendPlan
from custody.signers.seeds import AccountSecret

_MAGIC = b"psbt\xff"
UNSIGNED_TX, NON_WITNESS_UTXO, WITNESS_UTXO, PARTIAL_SIG, SIGHASH_TYPE = 0x00, 0x00, 0x01, 0x02, 0x03
REDEEM_SCRIPT, WITNESS_SCRIPT, DERIVATION, FINAL_SCRIPTWITNESS, PROPRIETARY = 0x04, 0x05, 0x06, 0x08, 0xFC

Fields = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Maps:
    """The global map, then each input's, then each output's."""

    maps: list[Fields]

    def text(self) -> str:
        raw = _MAGIC
        for fields in self.maps:
            for key, value in fields:
                raw += _sized(key) + _sized(value)
            raw += b"\0"
        return base64.b64encode(raw).decode()

    def get(self, number: int, kind: int) -> bytes:
        return next(value for key, value in self.maps[number] if key[0] == kind)

    def put(self, number: int, kind: int, value: bytes, key_data: bytes = b"") -> "Maps":
        """In place of a field of the same key, or beside the others in the order of keys."""
        key = bytes((kind,)) + key_data
        others = [field for field in self.maps[number] if field[0] != key]
        self.maps[number] = sorted([*others, (key, value)])
        return self

    def drop(self, number: int, kind: int) -> "Maps":
        self.maps[number] = [field for field in self.maps[number] if field[0][0] != kind]
        return self


def maps_of(text: str) -> Maps:
    raw, at = base64.b64decode(text)[len(_MAGIC) :], 0
    maps: list[Fields] = []
    fields: Fields = []
    while at < len(raw):
        if raw[at] == 0:
            maps.append(fields)
            fields, at = [], at + 1
            continue
        key, at = _read_sized(raw, at)
        value, at = _read_sized(raw, at)
        fields.append((key, value))
    return Maps(maps)


def signatures_by(plan: SpendPlan, secret: AccountSecret) -> tuple[bytes, ...]:
    return tuple(
        sign_digest(secret.secret_at(one.place), digest(plan, index)) for index, one in enumerate(plan.inputs)
    )


def signed_psbt(plan: SpendPlan, *secrets: AccountSecret) -> str:
    """The plan's PSBT with the signatures of these."""
    text = psbt_of(plan)
    for secret in secrets:
        text = with_signatures(text, plan, secret, signatures_by(plan, secret))
    return text


def with_signatures(text: str, plan: SpendPlan, secret: AccountSecret, signatures: Sequence[bytes]) -> str:
    maps = maps_of(text)
    position = plan.wallet.keys.index(secret.key)
    for index, (one, signature) in enumerate(zip(plan.inputs, signatures, strict=True)):
        key = script_at(plan.wallet, one.place).public_keys[position]
        maps.put(1 + index, PARTIAL_SIG, signature, key)
    return maps.text()


def _sized(data: bytes) -> bytes:
    size = len(data)
    head = bytes((size,)) if size < 0xFD else b"\xfd" + size.to_bytes(2, "little")
    return head + data


def _read_sized(raw: bytes, at: int) -> tuple[bytes, int]:
    size, at = raw[at], at + 1
    if size == 0xFD:
        size, at = int.from_bytes(raw[at : at + 2], "little"), at + 2
    return raw[at : at + size], at + size
