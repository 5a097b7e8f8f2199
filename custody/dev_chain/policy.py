"""What a node passes on although, or only if, consensus says more: form, dust, sizes, locks. Pure.

Words are Bitcoin Core's. Scripts themselves are verified by the engine (see `kernel`).
"""

from collections.abc import Iterator

from custody.bitcoin.signatures import HALF_ORDER
from custody.bitcoin.transactions import MAX_SATS, is_coinbase, serialize, weight
from custody.bitcoin.types import OutPoint, Tx, TxOut
from custody.dev_chain.errors import ChainError, Code

MIN_RELAY_RATE = 1_000  # satoshis for 1,000 vbytes
DUST_RATE = 3_000
INCREMENTAL_RATE = 1_000
MATURITY_BLOCKS = 100
_MOST_WEIGHT = 400_000
_LEAST_BYTES = 65
_LONGEST_SCRIPT_SIG = 1_650
_LONGEST_DATA = 83
_LONGEST_STANDARD = 42  # a witness program; keys and multisig in the open are longer and named by their form
_LOCK_TIME_THRESHOLD = 500_000_000
_FINAL = 0xFFFFFFFF
_SEQUENCE_DISABLED, _SEQUENCE_IS_TIME, _SEQUENCE_MASK = 1 << 31, 1 << 22, 0xFFFF
_REPLACEABLE = 0xFFFFFFFD
_HIGH_S = "Non-canonical signature: S value is unnecessarily high"
_NO_OUTPOINT = OutPoint("00" * 32, 0xFFFFFFFF)


def refused(reason: str) -> ChainError:
    return ChainError(Code.REJECTED, reason)


def fee_at(rate: int, size: int) -> int:
    """The fee of a rate in satoshis for 1,000 vbytes, rounded up."""
    return -(-rate * size // 1_000)


def check_form(tx: Tx) -> None:
    """What a transaction must be whatever it spends."""
    if sum(one.value_sats for one in tx.outputs) > MAX_SATS:
        raise refused("bad-txns-txouttotal-toolarge")
    outpoints = [one.outpoint for one in tx.inputs]
    if len(set(outpoints)) < len(outpoints):
        raise refused("bad-txns-inputs-duplicate")
    if is_coinbase(tx):
        raise refused("coinbase")
    if _NO_OUTPOINT in outpoints:
        raise refused("bad-txns-prevout-null")


def check_standard(tx: Tx) -> None:
    if not 1 <= tx.version <= 3:
        raise refused("version")
    if weight(tx) > _MOST_WEIGHT:
        raise refused("tx-size")
    if len(serialize(tx, witness=False)) < _LEAST_BYTES:
        raise refused("tx-size-small")
    for one in tx.inputs:
        if len(one.script_sig) > _LONGEST_SCRIPT_SIG:
            raise refused("scriptsig-size")
        if pushes_of(one.script_sig) is None:
            raise refused("scriptsig-not-pushonly")
    if sum(is_data(one.script) for one in tx.outputs) > 1:
        raise refused("multi-op-return")
    for output in tx.outputs:
        if not _is_standard(output.script):
            raise refused("scriptpubkey")
        if output.value_sats < dust_sats(output):
            raise refused("dust")


def dust_sats(output: TxOut) -> int:
    """An output of less costs more to spend than it is worth, at the rate that says so."""
    if is_data(output.script):
        return 0
    size = 8 + 1 + len(output.script)
    size += 67 if is_witness_program(output.script) else 148
    return fee_at(DUST_RATE, size)


def is_data(script: bytes) -> bool:
    return script[:1] == b"\x6a"


def is_witness_program(script: bytes) -> bool:
    return (
        4 <= len(script) <= _LONGEST_STANDARD
        and (script[0] == 0 or 0x51 <= script[0] <= 0x60)
        and script[1] == len(script) - 2
    )


def _is_standard(script: bytes) -> bool:
    if is_data(script):
        return len(script) <= _LONGEST_DATA and pushes_of(script[1:]) is not None
    if is_witness_program(script):
        return script[0] != 0 or len(script) in (22, 34)
    is_key_hash = len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac"
    is_script_hash = len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87"
    is_key = len(script) in (35, 67) and script[0] == len(script) - 2 and script[-1:] == b"\xac"
    return is_key_hash or is_script_hash or is_key


def pushes_of(script: bytes) -> list[bytes] | None:
    """What a script pushes, None where it does anything else."""
    pushed: list[bytes] = []
    at = 0
    while at < len(script):
        code = script[at]
        at += 1
        if code > 0x60:
            return None
        size = code if code < 0x4C else 0
        if 0x4C <= code <= 0x4E:
            width = 1 << (code - 0x4C)
            size = int.from_bytes(script[at : at + width], "little")
            at += width
        if at + size > len(script):
            return None
        pushed.append(script[at : at + size])
        at += size
    return pushed


def check_low_s(tx: Tx) -> None:
    """Of each signature there is a second one that is as good; nodes pass on only that with the low S."""
    for one in tx.inputs:
        pushed = [*one.witness, *(pushes_of(one.script_sig) or ())]
        if any(s > HALF_ORDER for item in pushed for s in _s_of(item)):
            raise refused(f"non-mandatory-script-verify-flag ({_HIGH_S})")


def _s_of(item: bytes) -> Iterator[int]:
    """The S of what looks like a DER signature with its SIGHASH."""
    if not 9 <= len(item) <= 73 or item[0] != 0x30 or item[1] != len(item) - 3 or item[2] != 0x02:
        return
    place = 4 + item[3]
    if place + 1 < len(item) and item[place] == 0x02 and place + 2 + item[place + 1] == len(item) - 1:
        yield int.from_bytes(item[place + 2 : -1], "big")


def check_final(tx: Tx, height: int, median_time: int) -> None:
    """Whether its lock time lets it into a block of this height after one of this median time."""
    if not tx.lock_time or all(one.sequence == _FINAL for one in tx.inputs):
        return
    reached = height if tx.lock_time < _LOCK_TIME_THRESHOLD else median_time
    if tx.lock_time >= reached:
        raise refused("non-final")


def relative_locks(tx: Tx) -> Iterator[tuple[int, int, int]]:
    """Of each input that is locked relative to its coin (BIP-68): its index, blocks and seconds to wait."""
    if tx.version < 2:
        return
    for index, one in enumerate(tx.inputs):
        if not one.sequence & _SEQUENCE_DISABLED:
            amount = one.sequence & _SEQUENCE_MASK
            is_time = bool(one.sequence & _SEQUENCE_IS_TIME)
            yield (index, 0, amount << 9) if is_time else (index, amount, 0)


def signals_replacement(tx: Tx) -> bool:
    """BIP-125, for itself alone."""
    return any(one.sequence <= _REPLACEABLE for one in tx.inputs)


def check_rate(fee_sats: int, size: int) -> None:
    if fee_sats < fee_at(MIN_RELAY_RATE, size):
        raise refused("min relay fee not met")
