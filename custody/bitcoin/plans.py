"""From a plan to its transaction: the unsigned one, what is signed, the finished one, and the checks of each.

Whoever holds the same plan comes to the same bytes. Nothing here holds a private key.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import (
    BadAddress,
    BadSignature,
    BadTransaction,
    PlanFault,
    PlanMismatch,
    SignatureFault,
)
from custody.bitcoin.scripts import SIGNATURES, WalletScript, check_spec, script_at
from custody.bitcoin.signatures import LONGEST_SIGNATURE, check_signature
from custody.bitcoin.transactions import MAX_SATS, output_bytes, parse_tx, sighash_all, txid
from custody.bitcoin.types import (
    SEQUENCE_RBF,
    KeySource,
    SpendInput,
    SpendPlan,
    Tx,
    TxIn,
    TxOut,
    WalletKind,
    WalletSpec,
)
from custody.bitcoin.wire import size_bytes

MAX_INPUTS = 100
MAX_PAYMENTS = 100
_VERSION = 2
_DUST_RATE = 3  # sats per vbyte, of Bitcoin Core
_SPENT_WITNESS_VBYTES, _SPENT_VBYTES = 67, 148
_INPUT_BYTES = 41
_WITNESS_BYTES: Final = {
    WalletKind.SINGLE: 1 + 1 + LONGEST_SIGNATURE + 1 + 33,
    WalletKind.TWO_OF_THREE: 1 + 1 + 2 * (1 + LONGEST_SIGNATURE) + 1 + 105,
}
_SIGNATURE_FAULTS: Final = {
    SignatureFault.HIGH_S: PlanFault.HIGH_S,
    SignatureFault.SIGHASH: PlanFault.SIGHASH,
}


@lru_cache(maxsize=4)
def unsigned_tx(plan: SpendPlan) -> Tx:
    """Replaceable, without lock time: the payments in their order, then the change.

    Raises PlanMismatch, or BadKey for its wallet.
    """
    inputs = tuple(TxIn(one.outpoint, SEQUENCE_RBF) for one in plan.inputs)
    return Tx(_VERSION, inputs, _outputs(plan))


def _outputs(plan: SpendPlan) -> tuple[TxOut, ...]:
    try:
        paid = [
            TxOut(one.value_sats, read_address(one.address, plan.wallet.network)) for one in plan.payments
        ]
    except BadAddress as error:
        raise PlanMismatch(PlanFault.ADDRESS, str(error)) from error
    if plan.change is not None:
        paid.append(TxOut(plan.change.value_sats, script_at(plan.wallet, plan.change.place).script))
    return tuple(paid)


def check_plan(plan: SpendPlan) -> None:
    """That it says of its coins what their transactions say, and that its sums are right.

    Raises PlanMismatch, or BadKey for its wallet. Whether it should be done at all others say.
    """
    if not 1 <= len(plan.inputs) <= MAX_INPUTS or len(plan.payments) > MAX_PAYMENTS:
        raise PlanMismatch(PlanFault.SIZE, f"1 to {MAX_INPUTS} inputs and at most {MAX_PAYMENTS} payments")
    if not plan.payments and plan.change is None:
        raise PlanMismatch(PlanFault.OUTPUTS, "it pays nobody")
    check_spec(plan.wallet)
    if len({one.outpoint for one in plan.inputs}) != len(plan.inputs):
        raise PlanMismatch(PlanFault.INPUT_TWICE, "the same coin stands in it twice")
    for one in plan.inputs:
        _check_input(plan.wallet, one)
    for output in unsigned_tx(plan).outputs:
        _check_output(output)
    _check_sum(plan)


def _check_input(wallet: WalletSpec, spent: SpendInput) -> None:
    try:
        previous = parse_tx(spent.previous_tx)
    except BadTransaction as error:
        raise PlanMismatch(PlanFault.PREVIOUS_TX, "what made a coin is no transaction") from error
    vout = spent.outpoint.vout
    if txid(previous) != spent.outpoint.txid or not 0 <= vout < len(previous.outputs):
        raise PlanMismatch(PlanFault.PREVIOUS_TX, "a coin is made by another transaction")
    made = previous.outputs[vout]
    if made.value_sats != spent.value_sats:
        raise PlanMismatch(PlanFault.VALUE, "a coin has another value")
    if made.script != script_at(wallet, spent.place).script:
        raise PlanMismatch(PlanFault.SCRIPT, "a coin is not at its place of the wallet")


def _check_output(output: TxOut) -> None:
    if not 0 <= output.value_sats <= MAX_SATS:
        raise PlanMismatch(PlanFault.VALUE, "an output of less or more than there can be")
    if output.value_sats < dust_sats(output.script):
        raise PlanMismatch(PlanFault.DUST, "an output that no node passes on: it is too small")


def _check_sum(plan: SpendPlan) -> None:
    coming = sum(one.value_sats for one in plan.inputs)
    going = sum(one.value_sats for one in unsigned_tx(plan).outputs)
    if plan.fee_sats < 0 or coming > MAX_SATS:
        raise PlanMismatch(PlanFault.FEE, "a fee below nothing, or more coins than there can be")
    if coming != going + plan.fee_sats:
        raise PlanMismatch(PlanFault.SUM, "outputs and fee are not what the coins are worth")


def dust_sats(script: bytes) -> int:
    """The least an output of this script may have (Bitcoin Core): what it costs to make and spend it."""
    is_witness = (
        4 <= len(script) <= 42 and script[0] in (0, *range(0x51, 0x61)) and script[1] == len(script) - 2
    )
    spent = _SPENT_WITNESS_VBYTES if is_witness else _SPENT_VBYTES
    return (8 + len(size_bytes(len(script))) + len(script) + spent) * _DUST_RATE


def estimated_vbytes(spec: WalletSpec, inputs: int, output_scripts: Sequence[bytes]) -> int:
    """The most it can have once signed: with signatures of 72 bytes, where most have 71."""
    outputs = sum(len(output_bytes(TxOut(0, script))) for script in output_scripts)
    counts = len(size_bytes(inputs)) + len(size_bytes(len(output_scripts)))
    stripped = 4 + counts + inputs * _INPUT_BYTES + outputs + 4
    weight = 4 * stripped + 2 + inputs * _WITNESS_BYTES[spec.kind]
    return -(-weight // 4)


def digest(plan: SpendPlan, index: int) -> bytes:
    """What a signature of the input is over, always with SIGHASH_ALL."""
    spent = plan.inputs[index]
    place = script_at(plan.wallet, spent.place)
    return sighash_all(unsigned_tx(plan), index, place.script_code, spent.value_sats)


def finalize(plan: SpendPlan, signatures: Mapping[KeySource, Sequence[bytes]]) -> Tx:
    """The transaction with its witnesses: as many keys of the wallet as it takes, each for every input.

    Every signature is verified. Raises PlanMismatch.
    """
    needed = SIGNATURES[plan.wallet.kind]
    if len(signatures) != needed or any(len(one) != len(plan.inputs) for one in signatures.values()):
        raise PlanMismatch(PlanFault.SIGNATURE_COUNT, f"{needed} keys sign each input")
    if not signatures.keys() <= set(plan.wallet.keys):
        raise PlanMismatch(PlanFault.FOREIGN_KEY, "a key that is not of this wallet")
    unsigned = unsigned_tx(plan)
    inputs = []
    for index, one in enumerate(unsigned.inputs):
        signed = {source: given[index] for source, given in signatures.items()}
        inputs.append(TxIn(one.outpoint, one.sequence, b"", _witness(plan, index, signed)))
    return Tx(unsigned.version, tuple(inputs), unsigned.outputs, unsigned.lock_time)


def _witness(plan: SpendPlan, index: int, signed: Mapping[KeySource, bytes]) -> tuple[bytes, ...]:
    place = script_at(plan.wallet, plan.inputs[index].place)
    by_key = {place.public_keys[plan.wallet.keys.index(source)]: one for source, one in signed.items()}
    for public_key, signature in by_key.items():
        check_input_signature(plan, index, public_key, signature)
    ordered = [by_key[public_key] for public_key in sorted(by_key)]
    if plan.wallet.kind is WalletKind.SINGLE:
        return ordered[0], place.public_keys[0]
    return b"", *ordered, place.witness_script


def check_input_signature(plan: SpendPlan, index: int, public_key: bytes, signature: bytes) -> None:
    """Raises PlanMismatch with SIGHASH, HIGH_S or SIGNATURE."""
    try:
        check_signature(public_key, signature, digest(plan, index))
    except BadSignature as error:
        reason = _SIGNATURE_FAULTS.get(error.reason, PlanFault.SIGNATURE)
        raise PlanMismatch(reason, f"input {index}: {error}") from error


def check_final(plan: SpendPlan, tx: Tx) -> None:
    """That it is the plan's transaction, each input signed by as many keys of the wallet as it takes.

    Raises PlanMismatch.
    """
    unsigned = unsigned_tx(plan)
    bare = tuple(TxIn(one.outpoint, one.sequence, one.script_sig) for one in tx.inputs)
    if Tx(tx.version, bare, tx.outputs, tx.lock_time) != unsigned:
        raise PlanMismatch(PlanFault.TRANSACTION, "this is another transaction than the planned one")
    for index, one in enumerate(tx.inputs):
        _check_witness(plan, index, one.witness)


def _check_witness(plan: SpendPlan, index: int, witness: tuple[bytes, ...]) -> None:
    place = script_at(plan.wallet, plan.inputs[index].place)
    if plan.wallet.kind is WalletKind.SINGLE:
        if len(witness) != 2 or witness[1] != place.public_keys[0]:
            raise PlanMismatch(PlanFault.WITNESS, f"input {index}: not a signature and its key")
        check_input_signature(plan, index, witness[1], witness[0])
        return
    if len(witness) != 4 or witness[0] or witness[3] != place.witness_script:
        raise PlanMismatch(PlanFault.WITNESS, f"input {index}: not two signatures and their script")
    _check_pair(plan, index, place, witness[1:3])


def _check_pair(plan: SpendPlan, index: int, place: WalletScript, pair: Sequence[bytes]) -> None:
    """As OP_CHECKMULTISIG does: signatures in the order of the keys, each of a key of its own."""
    left = iter(sorted(place.public_keys))
    for signature in pair:
        if not any(_is_good(plan, index, public_key, signature) for public_key in left):
            raise PlanMismatch(PlanFault.SIGNATURE, f"input {index}: not signed by two keys in their order")


def _is_good(plan: SpendPlan, index: int, public_key: bytes, signature: bytes) -> bool:
    try:
        check_input_signature(plan, index, public_key, signature)
    except PlanMismatch as error:
        if error.reason is PlanFault.SIGNATURE:
            return False
        raise
    return True
