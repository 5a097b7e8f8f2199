"""A transaction on the wire, what it hashes to and weighs, and the digest that a signature of it is over.

The reader is our own: a block of thousands of transactions has to be read within a blink.
"""

import struct

from custody.bitcoin.errors import BadTransaction, WireFault
from custody.bitcoin.types import OutPoint, Tx, TxIn, TxOut
from custody.bitcoin.wire import (
    Malformed,
    Reader,
    blob_bytes,
    double_sha256,
    hash_bytes,
    shown_hash,
    size_bytes,
)

MAX_TX_BYTES = 4_000_000
MAX_SATS = 21_000_000 * 100_000_000
SIGHASH_ALL = 1
LEAST_INPUT, LEAST_OUTPUT = 41, 9  # bytes

_I32, _U32, _U64 = struct.Struct("<i"), struct.Struct("<I"), struct.Struct("<Q")
_OUTPOINT = struct.Struct("<32sI")


def parse_tx(raw: bytes) -> Tx:
    """With inputs and outputs, no bytes left over and no empty witness. Raises BadTransaction."""
    if len(raw) > MAX_TX_BYTES:
        raise BadTransaction(WireFault.SIZE)
    reader = Reader(raw)
    try:
        tx = read_tx(reader)
        reader.finish()
    except Malformed as error:
        raise BadTransaction(WireFault.FORMAT, str(error)) from error
    return tx


def parse_bare_tx(raw: bytes) -> Tx:
    """As PSBTs have it: never with a witness, perhaps with nothing in it yet. Raises BadTransaction."""
    reader = Reader(raw)
    try:
        tx = read_tx(reader, is_bare=True)
        reader.finish()
    except Malformed as error:
        raise BadTransaction(WireFault.FORMAT, str(error)) from error
    return tx


def read_tx(reader: Reader, is_bare: bool = False) -> Tx:
    """The transaction at the reader's place. Raises Malformed, or BadTransaction for values out of range."""
    (version,) = reader.unpack(_I32)
    has_witness = not is_bare and reader.peek() == 0
    if has_witness and reader.take(2) != b"\0\1":
        raise Malformed("no inputs, or an unknown flag")
    inputs = [_read_input(reader) for _ in range(reader.count(LEAST_INPUT))]
    outputs = tuple([_read_output(reader) for _ in range(reader.count(LEAST_OUTPUT))])
    if not (is_bare or (inputs and outputs)):
        raise Malformed("no inputs or no outputs")
    witnesses: list[tuple[bytes, ...]] = [()] * len(inputs)
    if has_witness:
        witnesses = [_read_witness(reader) for _ in inputs]
        if not any(witnesses):
            raise Malformed("a witness without anything in it")
    (lock_time,) = reader.unpack(_U32)
    spent = tuple([TxIn(*one, witness) for one, witness in zip(inputs, witnesses, strict=True)])
    return Tx(version, spent, outputs, lock_time)


def _read_input(reader: Reader) -> tuple[OutPoint, int, bytes]:
    txid_bytes = reader.take(32)
    (vout,) = reader.unpack(_U32)
    script_sig = reader.blob()
    (sequence,) = reader.unpack(_U32)
    return OutPoint(txid_bytes[::-1].hex(), vout), sequence, script_sig


def _read_output(reader: Reader) -> TxOut:
    (value,) = reader.unpack(_U64)
    if value > MAX_SATS:
        raise BadTransaction(WireFault.VALUE, "an output of more than there can be")
    return TxOut(value, reader.blob())


def _read_witness(reader: Reader) -> tuple[bytes, ...]:
    return tuple([reader.blob() for _ in range(reader.count(1))])


def serialize(tx: Tx, witness: bool = True) -> bytes:
    """The bytes of it; without its witness: what its txid is made of. Raises BadTransaction."""
    try:
        return _serialized(tx, witness and any(one.witness for one in tx.inputs))
    except (Malformed, struct.error, OverflowError) as error:
        raise BadTransaction(WireFault.FORMAT, "it has no form on the wire") from error


def _serialized(tx: Tx, with_witness: bool) -> bytes:
    parts = [_I32.pack(tx.version), b"\0\1" if with_witness else b"", size_bytes(len(tx.inputs))]
    for one in tx.inputs:
        parts += (outpoint_bytes(one.outpoint), blob_bytes(one.script_sig), _U32.pack(one.sequence))
    parts.append(size_bytes(len(tx.outputs)))
    parts += [output_bytes(one) for one in tx.outputs]
    if with_witness:
        parts += [witness_bytes(one.witness) for one in tx.inputs]
    parts.append(_U32.pack(tx.lock_time))
    return b"".join(parts)


def outpoint_bytes(outpoint: OutPoint) -> bytes:
    return _OUTPOINT.pack(hash_bytes(outpoint.txid), outpoint.vout)


def output_bytes(output: TxOut) -> bytes:
    return _U64.pack(output.value_sats) + blob_bytes(output.script)


def witness_bytes(witness: tuple[bytes, ...]) -> bytes:
    return size_bytes(len(witness)) + b"".join(map(blob_bytes, witness))


def txid(tx: Tx) -> str:
    return shown_hash(double_sha256(serialize(tx, witness=False)))


def wtxid(tx: Tx) -> str:
    return shown_hash(double_sha256(serialize(tx)))


def weight(tx: Tx) -> int:
    return 3 * len(serialize(tx, witness=False)) + len(serialize(tx))


def vbytes(tx: Tx) -> int:
    """A quarter of its weight, rounded up: what fees are asked for."""
    return -(-weight(tx) // 4)


def is_coinbase(tx: Tx) -> bool:
    return len(tx.inputs) == 1 and tx.inputs[0].outpoint == OutPoint("00" * 32, 0xFFFFFFFF)


def sighash_all(tx: Tx, index: int, script_code: bytes, value_sats: int) -> bytes:
    """What a signature of input `index` with SIGHASH_ALL is over (BIP-143, witness version 0).

    Raises BadTransaction where the transaction has no form on the wire.
    """
    spent = tx.inputs[index]
    try:
        before = double_sha256(b"".join(outpoint_bytes(one.outpoint) for one in tx.inputs))
        before += double_sha256(b"".join(_U32.pack(one.sequence) for one in tx.inputs))
        itself = outpoint_bytes(spent.outpoint) + blob_bytes(script_code) + _U64.pack(value_sats)
        after = _U32.pack(spent.sequence) + double_sha256(b"".join(map(output_bytes, tx.outputs)))
        after += _U32.pack(tx.lock_time) + _U32.pack(SIGHASH_ALL)
        return double_sha256(_I32.pack(tx.version) + before + itself + after)
    except (Malformed, struct.error, OverflowError) as error:
        raise BadTransaction(WireFault.FORMAT, "it has no form on the wire") from error
