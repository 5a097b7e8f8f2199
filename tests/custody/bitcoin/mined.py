"""Blocks of tests, for which enough work is done on regtest."""

import struct
from collections.abc import Sequence
from dataclasses import replace

from custody.bitcoin.blocks import merkle_root, target_of
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import OutPoint, Tx, TxIn, TxOut
from custody.bitcoin.wire import double_sha256, size_bytes

BITS = 0x207FFFFF
_COINS = Tx(
    2, (TxIn(OutPoint("00" * 32, 0xFFFFFFFF), 0xFFFFFFFF, b"\x01\x01"),), (TxOut(5_000_000_000, b"\x51"),)
)


def coinbase(transactions: Sequence[Tx]) -> Tx:
    """With the commitment to the witnesses of the others."""
    root = merkle_root([bytes(32), *(double_sha256(serialize(one)) for one in transactions)])
    committed = TxOut(0, bytes.fromhex("6a24aa21a9ed") + double_sha256(root + bytes(32)))
    spent = replace(_COINS.inputs[0], witness=(bytes(32),))
    return replace(_COINS, inputs=(spent,), outputs=(*_COINS.outputs, committed))


def block_of(transactions: Sequence[Tx], *, root: bytes | None = None, bits: int = BITS) -> bytes:
    """Of exactly these transactions. Where the bits ask for more than regtest does, no work is done."""
    digests = [double_sha256(serialize(one, witness=False)) for one in transactions]
    head = struct.pack("<i32s32s", 0x20000000, bytes(32), merkle_root(digests) if root is None else root)
    header = next(one for one in _worked(head, bits) if bits != BITS or _is_enough(one))
    return header + size_bytes(len(transactions)) + b"".join(map(serialize, transactions))


def _worked(head: bytes, bits: int) -> list[bytes]:
    return [head + struct.pack("<III", 1_700_000_000, bits, nonce) for nonce in range(100)]


def _is_enough(header: bytes) -> bool:
    return int.from_bytes(double_sha256(header), "little") <= target_of(BITS)


def lazy(raw: bytes) -> bytes:
    """The same block with a header for which too little work was done."""
    for nonce in range(1_000):
        header = raw[:76] + struct.pack("<I", nonce)
        if not _is_enough(header):
            return header + raw[80:]
    raise AssertionError("no bad luck")
