"""The PSBT of a plan (BIP-174, version 0), and the signatures in one that came back.

btclib, the strictest reader there is, says whether a PSBT is one. What came back for a plan must be that
plan's field by field, with signatures added and nothing else: so nothing in it is believed. Of a person's
wallet only the transaction and the signatures are read, as wallets leave out and add what they like.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from btclib_wallet.psbt import Psbt as LibraryPsbt

from custody.bitcoin.errors import BadPsbt, BadTransaction, PlanFault, PlanMismatch, WireFault
from custody.bitcoin.keys import derivation
from custody.bitcoin.plans import check_input_signature, unsigned_tx
from custody.bitcoin.scripts import WalletScript, script_at
from custody.bitcoin.transactions import output_bytes, parse_bare_tx, parse_tx, serialize
from custody.bitcoin.types import KeySource, Place, SpendInput, SpendPlan, Tx, TxOut, WalletKind, WalletSpec
from custody.bitcoin.wire import Malformed, Reader, blob_bytes

MAX_PSBT_BYTES = 200_000
_MAGIC = b"psbt\xff"
_UNSIGNED_TX = b"\x00"
_NON_WITNESS_UTXO, _WITNESS_UTXO, _WITNESS_SCRIPT = b"\x00", b"\x01", b"\x05"
_PARTIAL_SIGNATURE, _SIGHASH_TYPE, _DERIVATION = b"\x02", b"\x03", b"\x06"
_FINAL = (b"\x07", b"\x08")
_OF_SIGNERS = (_PARTIAL_SIGNATURE, _SIGHASH_TYPE, *_FINAL)
_OUTPUT_WITNESS_SCRIPT, _OUTPUT_DERIVATION = b"\x01", b"\x02"
_SIGHASH_ALL = (1).to_bytes(4, "little")
_MOST_ADDED = 200  # bytes that a signer adds to an input, for each of its keys
_MOST_BESIDES = 20_000  # bytes that a person's wallet says of itself, and nobody reads

Fields = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Psbt:
    """Its maps as they are, key to value; `tx` is the unsigned transaction."""

    tx: Tx
    fields: Fields
    inputs: tuple[Fields, ...]
    outputs: tuple[Fields, ...]


def psbt_of(plan: SpendPlan) -> str:
    """Base64, without signatures. Raises PlanMismatch or BadKey where the plan has no transaction."""
    return with_signatures(plan, {})


def with_signatures(plan: SpendPlan, signatures: Mapping[KeySource, Sequence[bytes]]) -> str:
    """The plan's PSBT with signatures, one for each input from each key. They are not looked at."""
    psbt = _planned(plan)
    inputs = [dict(fields) for fields in psbt.inputs]
    for source, given in signatures.items():
        position = plan.wallet.keys.index(source)
        for spent, fields, one in zip(plan.inputs, inputs, given, strict=True):
            fields[_PARTIAL_SIGNATURE + script_at(plan.wallet, spent.place).public_keys[position]] = one
    return psbt_text(replace(psbt, inputs=tuple(inputs)))


def psbt_text(psbt: Psbt) -> str:
    """Base64 of its maps as they are."""
    maps = (psbt.fields, *psbt.inputs, *psbt.outputs)
    return base64.b64encode(_MAGIC + b"".join(map(_map_bytes, maps))).decode()


def _map_bytes(fields: Fields) -> bytes:
    by_type = sorted(fields, key=lambda key: key[:1])  # keys of the wallet stay in its order
    return b"".join(blob_bytes(key) + blob_bytes(fields[key]) for key in by_type) + b"\0"


def _planned(plan: SpendPlan) -> Psbt:
    tx = unsigned_tx(plan)
    change = [] if plan.change is None else [_output_fields(plan.wallet, plan.change.place)]
    return Psbt(
        tx=tx,
        fields={_UNSIGNED_TX: serialize(tx)},
        inputs=tuple(_input_fields(plan.wallet, one) for one in plan.inputs),
        outputs=(*({} for _ in plan.payments), *change),
    )


def _input_fields(wallet: WalletSpec, spent: SpendInput) -> Fields:
    place = script_at(wallet, spent.place)
    fields = _place_fields(wallet, spent.place, place, _WITNESS_SCRIPT, _DERIVATION)
    fields[_WITNESS_UTXO] = output_bytes(TxOut(spent.value_sats, place.script))
    if spent.previous_tx:
        fields[_NON_WITNESS_UTXO] = _without_witness(spent.previous_tx)
    return fields


def _without_witness(raw: bytes) -> bytes:
    try:
        return serialize(parse_tx(raw), witness=False)
    except BadTransaction as error:
        raise PlanMismatch(PlanFault.PREVIOUS_TX, "what made a coin is no transaction") from error


def _output_fields(wallet: WalletSpec, place: Place) -> Fields:
    return _place_fields(wallet, place, script_at(wallet, place), _OUTPUT_WITNESS_SCRIPT, _OUTPUT_DERIVATION)


def _place_fields(
    wallet: WalletSpec, place: Place, script: WalletScript, script_type: bytes, derivation_type: bytes
) -> Fields:
    fields = {script_type: script.witness_script} if wallet.kind is WalletKind.TWO_OF_THREE else {}
    for source, public_key in zip(wallet.keys, script.public_keys, strict=True):
        fingerprint, path = derivation(source, place)
        steps = b"".join(step.to_bytes(4, "little") for step in path)
        fields[derivation_type + public_key] = fingerprint + steps
    return fields


def read_psbt(text: str, limit: int = MAX_PSBT_BYTES) -> Psbt:
    """Any PSBT of version 0 that follows BIP-174, of at most so many bytes. Raises BadPsbt."""
    raw = _decoded(text, limit)
    if not _is_valid(raw):
        raise BadPsbt(WireFault.FIELD, "it does not follow BIP-174")
    return _parsed(raw)


def check_signable(text: str) -> None:
    """Raises BadPsbt for what BIP-174 says that a signer must refuse: scripts or coins that do not fit."""
    raw = _decoded(text, MAX_PSBT_BYTES)
    if not _is_valid(raw, signable=True):
        raise BadPsbt(WireFault.FIELD, "its scripts and coins do not fit")


def _is_valid(raw: bytes, signable: bool = False) -> bool:
    try:
        psbt = LibraryPsbt.parse(raw)
        if signable:
            psbt.assert_signable()
    except (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError):
        return False
    return True


def _decoded(text: str, limit: int) -> bytes:
    text = text.strip(" \t\r\n")
    if len(text) > 4 * (limit // 3 + 1):
        raise BadPsbt(WireFault.SIZE, f"a PSBT of more than {limit} bytes")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadPsbt(WireFault.FORMAT, "a PSBT is written in base64") from None
    if base64.b64encode(raw).decode() != text or not raw.startswith(_MAGIC):
        raise BadPsbt(WireFault.FORMAT, "this is no PSBT")
    return raw


def _parsed(raw: bytes) -> Psbt:
    reader = Reader(raw)
    reader.take(len(_MAGIC))
    try:
        fields = _read_map(reader)
        tx = parse_bare_tx(fields.get(_UNSIGNED_TX, b""))
        inputs = tuple([_read_map(reader) for _ in tx.inputs])
        outputs = tuple([_read_map(reader) for _ in tx.outputs])
        reader.finish()
    except (Malformed, BadTransaction) as error:
        raise BadPsbt(WireFault.FORMAT, str(error)) from error
    return Psbt(tx, fields, inputs, outputs)


def _read_map(reader: Reader) -> Fields:
    fields: Fields = {}
    while key := reader.blob():
        if key in fields:
            raise Malformed("a field stands in it twice")
        fields[key] = reader.blob()
    return fields


def signatures_in(plan: SpendPlan, text: str) -> dict[KeySource, tuple[bytes, ...]]:
    """Who signed the plan: keys of its wallet with their signature of each input, every one verified.

    Raises BadPsbt for what is no PSBT, PlanMismatch for one that is not the plan's, says more than it or is
    signed otherwise than by keys of the wallet, in full, with SIGHASH_ALL and a low S.
    """
    planned, given = _planned(plan), _given(plan, text, 0)
    if given.fields != planned.fields or given.outputs != planned.outputs:
        raise PlanMismatch(PlanFault.FIELDS, "it says other things than the planned one")
    for index, (expected, fields) in enumerate(zip(planned.inputs, given.inputs, strict=True)):
        if any(fields.get(key) != value for key, value in expected.items()):
            raise PlanMismatch(PlanFault.FIELDS, f"input {index} says other things than the planned one")
        if any(key[:1] not in _OF_SIGNERS for key in fields.keys() - expected.keys()):
            raise PlanMismatch(PlanFault.FIELDS, f"input {index} says more than the planned one")
    return _signatures(plan, given)


def signatures_of_wallet(plan: SpendPlan, text: str) -> dict[KeySource, tuple[bytes, ...]]:
    """The same of what a person's wallet gives back, which may have more fields than the plan's, or fewer.

    No field but the transaction and those of signers is read, so no other can do harm; who hands it on
    writes it anew (`with_signatures`). Raises as `signatures_in`.
    """
    return _signatures(plan, _given(plan, text, _MOST_BESIDES))


def _given(plan: SpendPlan, text: str, besides: int) -> Psbt:
    """A PSBT of the plan's transaction."""
    longest = len(psbt_of(plan)) + _MOST_ADDED * len(plan.inputs) * len(plan.wallet.keys)
    given = _parsed(_decoded(text, longest + besides))
    if given.tx != unsigned_tx(plan):
        raise PlanMismatch(PlanFault.TRANSACTION, "this is another transaction than the planned one")
    return given


def _signatures(plan: SpendPlan, given: Psbt) -> dict[KeySource, tuple[bytes, ...]]:
    signed = [_signed_by(plan, index, one) for index, one in enumerate(given.inputs)]
    sources = [source for source in plan.wallet.keys if any(source in one for one in signed)]
    if any(source not in one for source in sources for one in signed):
        raise PlanMismatch(PlanFault.SIGNATURE_COUNT, "a key has not signed every input")
    return {source: tuple(one[source] for one in signed) for source in sources}


def _signed_by(plan: SpendPlan, index: int, given: Fields) -> dict[KeySource, bytes]:
    public_keys = script_at(plan.wallet, plan.inputs[index].place).public_keys
    signed: dict[KeySource, bytes] = {}
    for key in sorted(key for key in given if key[:1] in _OF_SIGNERS):
        if key == _SIGHASH_TYPE and given[key] == _SIGHASH_ALL:
            continue
        public_key = _signing_key(index, key)
        if public_key not in public_keys:
            raise PlanMismatch(
                PlanFault.FOREIGN_KEY, f"input {index} is signed by a key that is not the wallet's"
            )
        check_input_signature(plan, index, public_key, given[key])
        signed[plan.wallet.keys[public_keys.index(public_key)]] = given[key]
    return signed


def _signing_key(index: int, key: bytes) -> bytes:
    """Of a partial signature; any other field of signers is not for one that is still to be signed."""
    if key[:1] in _FINAL:
        raise PlanMismatch(PlanFault.FINAL, f"input {index} is finished already")
    if key[:1] == _SIGHASH_TYPE:
        raise PlanMismatch(PlanFault.SIGHASH, f"input {index} asks for another SIGHASH than ALL")
    return key[1:]
