"""PSBTs that are not the plan's, or not signed as they must be, each with the reason of the refusal."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace

from custody.bitcoin.plans import digest
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.scripts import script_at
from custody.bitcoin.signatures import ORDER, read_der, sign_digest
from custody.bitcoin.transactions import output_bytes, parse_bare_tx, serialize
from custody.bitcoin.types import CHANGE, OutPoint, Place, Role, SpendPlan, Tx, TxIn, TxOut
from custody.signers.signer import Refusal
from tests.custody.support.psbt_maps import (
    DERIVATION,
    FINAL_SCRIPTWITNESS,
    NON_WITNESS_UTXO,
    PARTIAL_SIG,
    PROPRIETARY,
    REDEEM_SCRIPT,
    SIGHASH_TYPE,
    UNSIGNED_TX,
    WITNESS_SCRIPT,
    WITNESS_UTXO,
    Maps,
    maps_of,
    signed_psbt,
    with_signatures,
)
from tests.custody.support.wallets import BTC, account, address, coin

OWNER = account("user", Role.USER)
MALLORY = account("mallory", Role.USER)
Change = Callable[[SpendPlan], str]


@dataclass(frozen=True, slots=True)
class Tampering:
    """`shown` is the PSBT that comes with the honest plan. Most begin with one that its owner signed."""

    name: str
    reason: Refusal
    shown: Change


def planned(change: Callable[[SpendPlan], SpendPlan]) -> Change:
    """The PSBT of another plan, in order in itself and signed by its owner."""
    return lambda plan: signed_psbt(change(plan), OWNER)


def edited(change: Callable[[Maps], Maps]) -> Change:
    return lambda plan: change(maps_of(signed_psbt(plan, OWNER))).text()


def of_tx(change: Callable[[Tx], Tx]) -> Change:
    def shown(maps: Maps) -> Maps:
        tx = change(parse_bare_tx(maps.get(0, UNSIGNED_TX)))
        return maps.put(0, UNSIGNED_TX, serialize(tx, witness=False))

    return edited(shown)


def signed_as(change: Callable[[SpendPlan, bytes], bytes]) -> Change:
    """The first input's signature of the owner is another one."""

    def shown(plan: SpendPlan) -> str:
        genuine = [
            sign_digest(OWNER.secret_at(one.place), digest(plan, i)) for i, one in enumerate(plan.inputs)
        ]
        return with_signatures(psbt_of(plan), plan, OWNER, [change(plan, genuine[0]), *genuine[1:]])

    return shown


def paying(plan: SpendPlan, *, sats: int = 0, to: str = "") -> SpendPlan:
    first = plan.payments[0]
    changed = replace(first, address=to or first.address, value_sats=first.value_sats + sats)
    return replace(plan, payments=(changed, *plan.payments[1:]))


def with_rest(plan: SpendPlan, sats: int = 0, fee: int = 0, place: Place | None = None) -> SpendPlan:
    assert plan.change is not None
    rest = replace(plan.change, value_sats=plan.change.value_sats + sats, place=place or plan.change.place)
    return replace(plan, change=rest, fee_sats=plan.fee_sats + fee)


def high_s(_: SpendPlan, signature: bytes) -> bytes:
    r, s = read_der(signature[:-1])
    return _der(r, ORDER - s) + signature[-1:]


def _der(r: int, s: int) -> bytes:
    numbers = [one.to_bytes(one.bit_length() // 8 + 1, "big") for one in (r, s)]
    body = b"".join(b"\x02" + bytes((len(one),)) + one for one in numbers)
    return b"\x30" + bytes((len(body),)) + body


def padded(_: SpendPlan, signature: bytes) -> bytes:
    """R with a zero byte more than it needs."""
    size = signature[3]
    r, rest = signature[4 : 4 + size], signature[4 + size :]
    body = b"\x02" + bytes((size + 1,)) + b"\0" + r + rest[:-1]
    return b"\x30" + bytes((len(body),)) + body + signature[-1:]


def of_another_tx(plan: SpendPlan, _: bytes) -> bytes:
    other = paying(with_rest(plan, sats=-1_000), sats=1_000)
    return sign_digest(OWNER.secret_at(plan.inputs[0].place), digest(other, 0))


def by_mallory(plan: SpendPlan, _: bytes) -> bytes:
    return sign_digest(MALLORY.secret_at(plan.inputs[0].place), digest(plan, 0))


def with_foreign_signature(plan: SpendPlan) -> str:
    """A valid signature of a key that has no part in the vault, beside the owner's."""
    place = plan.inputs[0].place
    signature = sign_digest(MALLORY.secret_at(place), digest(plan, 0))
    maps = maps_of(signed_psbt(plan, OWNER))
    return maps.put(1, PARTIAL_SIG, signature, MALLORY.public_key_at(place)).text()


def under_key(plan: SpendPlan, position: int, *, beside: bool) -> str:
    """The owner's signature as another signer's, beside his own or in its place."""
    maps = maps_of(signed_psbt(plan, OWNER))
    signature = maps.get(1, PARTIAL_SIG)
    if not beside:
        maps.drop(1, PARTIAL_SIG)
    key = script_at(plan.wallet, plan.inputs[0].place).public_keys[position]
    return maps.put(1, PARTIAL_SIG, signature, key).text()


def signed_in_part(plan: SpendPlan) -> str:
    return maps_of(signed_psbt(plan, OWNER)).drop(2, PARTIAL_SIG).text()


def doubled_field(plan: SpendPlan) -> str:
    maps = maps_of(signed_psbt(plan, OWNER))
    maps.maps[1].append(maps.maps[1][0])
    return maps.text()


def in_order(inputs: tuple[TxIn, ...], *numbers: int) -> tuple[TxIn, ...]:
    return tuple(inputs[number] for number in numbers)


_OTHER = OutPoint("cd" * 32, 0)
_SIGHASHES = {"NONE": 2, "SINGLE": 3, "ALL and ANYONECANPAY": 0x81, "NONE and ANYONECANPAY": 0x82, "0": 0}
_STRANGER = TxOut(BTC, b"\0\x14" + b"\7" * 20)

TRANSACTIONS = [
    Tampering("another address", Refusal.PSBT, planned(lambda p: paying(p, to=address("mallory")))),
    Tampering("another amount", Refusal.PSBT, planned(lambda p: with_rest(paying(p, sats=1), sats=-1))),
    Tampering("a sat from the fee", Refusal.PSBT, planned(lambda p: with_rest(p, sats=1, fee=-1))),
    Tampering("a higher fee", Refusal.PSBT, planned(lambda p: with_rest(p, sats=-9, fee=9))),
    Tampering(
        "payments in another order",
        Refusal.PSBT,
        planned(lambda p: replace(p, payments=p.payments[::-1])),
    ),
    Tampering(
        "a payment more",
        Refusal.PSBT,
        planned(
            lambda p: with_rest(
                replace(
                    p,
                    payments=(
                        *p.payments,
                        replace(p.payments[0], address=address("mallory"), value_sats=700),
                    ),
                ),
                sats=-700,
            )
        ),
    ),
    Tampering("a payment less", Refusal.PSBT, planned(lambda p: replace(p, payments=p.payments[:1]))),
    Tampering("no change", Refusal.PSBT, planned(lambda p: replace(p, change=None))),
    Tampering("change elsewhere", Refusal.PSBT, planned(lambda p: with_rest(p, place=Place(CHANGE, 1)))),
    Tampering("change to the other branch", Refusal.PSBT, planned(lambda p: with_rest(p, place=Place(0, 0)))),
    Tampering(
        "other coins",
        Refusal.PSBT,
        planned(lambda p: replace(p, inputs=(coin(p.wallet, BTC, number=9), p.inputs[1]))),
    ),
    Tampering("coins in another order", Refusal.PSBT, planned(lambda p: replace(p, inputs=p.inputs[::-1]))),
    Tampering("a coin less", Refusal.PSBT, planned(lambda p: replace(p, inputs=p.inputs[:1]))),
    Tampering(
        "final sequences",
        Refusal.PSBT,
        of_tx(lambda t: replace(t, inputs=tuple(replace(one, sequence=0xFFFFFFFF) for one in t.inputs))),
    ),
    Tampering("a lock time", Refusal.PSBT, of_tx(lambda t: replace(t, lock_time=500_000))),
    Tampering("another version", Refusal.PSBT, of_tx(lambda t: replace(t, version=1))),
    Tampering(
        "a coin that nobody knows",
        Refusal.PSBT,
        of_tx(lambda t: replace(t, inputs=(replace(t.inputs[0], outpoint=_OTHER), *t.inputs[1:]))),
    ),
    Tampering("outputs in another order", Refusal.PSBT, of_tx(lambda t: replace(t, outputs=t.outputs[::-1]))),
    Tampering(
        "inputs in another order",
        Refusal.PSBT,
        of_tx(lambda t: replace(t, inputs=in_order(t.inputs, 1, 0))),
    ),
]

FIELDS = [
    Tampering("no previous transaction", Refusal.PSBT, edited(lambda m: m.drop(1, NON_WITNESS_UTXO))),
    Tampering(
        "another previous transaction",
        Refusal.PSBT,
        edited(lambda m: m.put(1, NON_WITNESS_UTXO, m.get(2, NON_WITNESS_UTXO))),
    ),
    Tampering("no witness coin", Refusal.PSBT, edited(lambda m: m.drop(1, WITNESS_UTXO))),
    Tampering(
        "a coin of another value",
        Refusal.PSBT,
        edited(lambda m: m.put(1, WITNESS_UTXO, b"\1" + m.get(1, WITNESS_UTXO)[1:])),
    ),
    Tampering(
        "a coin of another script",
        Refusal.PSBT,
        edited(lambda m: m.put(1, WITNESS_UTXO, output_bytes(_STRANGER))),
    ),
    Tampering("no witness script", Refusal.PSBT, edited(lambda m: m.drop(1, WITNESS_SCRIPT))),
    Tampering(
        "a witness script of 1 of 3",
        Refusal.PSBT,
        edited(lambda m: m.put(1, WITNESS_SCRIPT, b"\x51" + m.get(1, WITNESS_SCRIPT)[1:])),
    ),
    Tampering(
        "a redeem script", Refusal.PSBT, edited(lambda m: m.put(1, REDEEM_SCRIPT, b"\0\x20" + b"\1" * 32))
    ),
    Tampering(
        "a key more",
        Refusal.PSBT,
        edited(lambda m: m.put(1, DERIVATION, b"\0" * 8, MALLORY.public_key_at(Place(0, 0)))),
    ),
    Tampering("no origins of keys", Refusal.PSBT, edited(lambda m: m.drop(1, DERIVATION))),
    Tampering("a final witness", Refusal.PSBT, edited(lambda m: m.put(1, FINAL_SCRIPTWITNESS, b"\0"))),
    Tampering(
        "something proprietary", Refusal.PSBT, edited(lambda m: m.put(1, PROPRIETARY, b"x", b"\3abc\0"))
    ),
    Tampering("something unknown", Refusal.PSBT, edited(lambda m: m.put(0, 0x77, b"x", b"y"))),
    Tampering("a version of PSBT", Refusal.PSBT, edited(lambda m: m.put(0, 0xFB, b"\2\0\0\0"))),
    Tampering(
        "another origin of change", Refusal.PSBT, edited(lambda m: m.put(5, 0x02, b"\0" * 8, b"\2" * 33))
    ),
    Tampering("a field twice", Refusal.PSBT, doubled_field),
    Tampering("a map less", Refusal.PSBT, edited(lambda m: Maps(m.maps[:-1]))),
    Tampering("a map more", Refusal.PSBT, edited(lambda m: Maps([*m.maps, []]))),
    Tampering("nothing", Refusal.PSBT, lambda _: ""),
    Tampering("no base64", Refusal.PSBT, lambda p: signed_psbt(p, OWNER)[:-2] + "!!"),
    Tampering("cut off", Refusal.PSBT, lambda p: signed_psbt(p, OWNER)[: -4 * 30]),
    Tampering("hex", Refusal.PSBT, lambda p: base64.b64decode(psbt_of(p)).hex()),
    Tampering("far too large", Refusal.PSBT, lambda p: signed_psbt(p, OWNER) + "A" * 400_000),
]

SIGNATURES = [
    *[
        Tampering(
            f"a wish for SIGHASH {name}",
            Refusal.SIGHASH,
            edited(lambda m, number=number: m.put(1, SIGHASH_TYPE, number.to_bytes(4, "little"))),  # type: ignore[misc]
        )
        for name, number in _SIGHASHES.items()
    ],
    *[
        Tampering(
            f"a signature of SIGHASH {name}",
            Refusal.SIGHASH,
            signed_as(lambda _, one, number=number: one[:-1] + bytes((number,))),  # type: ignore[misc]
        )
        for name, number in _SIGHASHES.items()
    ],
    Tampering("a high S", Refusal.SIGNATURE, signed_as(high_s)),
    Tampering("padded DER", Refusal.SIGNATURE, signed_as(padded)),
    Tampering("DER cut off", Refusal.SIGNATURE, signed_as(lambda _, one: one[:-9] + b"\1")),
    Tampering("no SIGHASH", Refusal.SIGNATURE, signed_as(lambda _, one: one[:-1])),
    Tampering("an empty signature", Refusal.SIGNATURE, signed_as(lambda _, __: b"")),
    Tampering("a signature of another transaction", Refusal.SIGNATURE, signed_as(of_another_tx)),
    Tampering("a signature of somebody else", Refusal.SIGNATURE, signed_as(by_mallory)),
    Tampering("a key that has no part in it", Refusal.SIGNATURE, with_foreign_signature),
    Tampering("signatures swapped", Refusal.SIGNATURE, lambda p: under_key(p, 1, beside=False)),
    Tampering("one signature twice", Refusal.SIGNATURE, lambda p: under_key(p, 2, beside=True)),
    Tampering("the owner's as the signer's", Refusal.SIGNATURE, lambda p: under_key(p, 1, beside=True)),
    Tampering("no signature", Refusal.OWNER_MISSING, psbt_of),
    Tampering("one input unsigned", Refusal.OWNER_MISSING, signed_in_part),
]
