"""Makes a block: its first transaction, what it commits to, and the work. It knows no chain and no clock."""

import struct
from dataclasses import dataclass

from custody.bitcoin.blocks import merkle_root, target_of
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import OutPoint, Tx, TxIn, TxOut
from custody.bitcoin.wire import double_sha256, hash_bytes, size_bytes

HALVING_BLOCKS = 150
BITS = 0x207FFFFF
_FIRST_SUBSIDY = 50 * 100_000_000
_VERSION = 0x20000000
_COMMITMENT = bytes.fromhex("6a24aa21a9ed")
_FINAL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Template:
    """What a block is made of. `tag` makes blocks differ that would otherwise be the same."""

    previous_hash: str
    height: int
    time: int
    script: bytes
    reward_sats: int
    transactions: tuple[Tx, ...]
    tag: bytes


def subsidy_sats(height: int) -> int:
    halvings = height // HALVING_BLOCKS
    return _FIRST_SUBSIDY >> halvings if halvings < 64 else 0


def make_block(template: Template) -> bytes:
    coinbase = _coinbase(template)
    everything = (coinbase, *template.transactions)
    root = merkle_root([double_sha256(serialize(one, witness=False)) for one in everything])
    previous = hash_bytes(template.previous_hash)
    bare = struct.pack("<i", _VERSION) + previous + root + struct.pack("<II", template.time, BITS)
    return _worked(bare) + size_bytes(len(everything)) + b"".join(map(serialize, everything))


def _coinbase(template: Template) -> Tx:
    witnesses = merkle_root([bytes(32), *(double_sha256(serialize(one)) for one in template.transactions)])
    reserved = bytes(32)
    commitment = _COMMITMENT + double_sha256(witnesses + reserved)
    script_sig = height_push(template.height) + bytes([len(template.tag)]) + template.tag
    spent = TxIn(OutPoint("00" * 32, 0xFFFFFFFF), _FINAL, script_sig, (reserved,))
    outputs = (TxOut(template.reward_sats, template.script), TxOut(0, commitment))
    return Tx(2, (spent,), outputs)


def height_push(height: int) -> bytes:
    """The height as a script pushes it, which a block's first transaction must begin with (BIP-34)."""
    if height <= 16:
        return bytes([0x50 + height]) if height else b"\0"
    number = height.to_bytes((height.bit_length() + 8) // 8, "little")
    return bytes([len(number)]) + number


def _worked(bare: bytes) -> bytes:
    target = target_of(BITS)
    for nonce in range(1 << 32):
        header = bare + struct.pack("<I", nonce)
        if int.from_bytes(double_sha256(header), "little") <= target:
            return header
    raise AssertionError("every second try does on this network")
