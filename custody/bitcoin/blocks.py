"""A block on the wire: that work was done for it and that its transactions are the ones it commits to.

Not that it follows the rules: only a node says that. It knows no heights, so no difficulty but the least.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custody.bitcoin.errors import BadBlock, BadTransaction, WireFault
from custody.bitcoin.transactions import is_coinbase, read_tx, serialize
from custody.bitcoin.types import Network, Tx
from custody.bitcoin.wire import Malformed, Reader, double_sha256, shown_hash

MAX_BLOCK_BYTES = 4_000_000
HEADER_BYTES = 80
LEAST_TX = 60  # bytes
_HEADER = struct.Struct("<i32s32sIII")
_COMMITMENT = bytes.fromhex("6a24aa21a9ed")
_LEAST_WORK: Final = {
    Network.MAIN: 0x1D00FFFF,
    Network.TESTNET: 0x1D00FFFF,
    Network.SIGNET: 0x1E0377AE,
    Network.REGTEST: 0x207FFFFF,
}


@dataclass(frozen=True, slots=True)
class Block:
    """`txids` are those of `transactions`, in their order. `time` is what its miner said, in seconds."""

    hash: str
    previous_hash: str
    time: int
    transactions: tuple[Tx, ...]
    txids: tuple[str, ...]


def parse_block(raw: bytes, network: Network) -> Block:
    """Raises BadBlock."""
    if len(raw) > MAX_BLOCK_BYTES:
        raise BadBlock(WireFault.SIZE)
    reader = Reader(raw)
    try:
        header = reader.take(HEADER_BYTES)
        block_hash = _worked_hash(header, network)
        transactions = tuple([read_tx(reader) for _ in range(reader.count(LEAST_TX))])
        reader.finish()
    except Malformed as error:
        raise BadBlock(WireFault.FORMAT, str(error)) from error
    except BadTransaction as error:
        raise BadBlock(error.reason, str(error)) from error
    _, previous, root, time, _, _ = _HEADER.unpack(header)
    digests = _committed_digests(transactions, root)
    txids = tuple(shown_hash(one) for one in digests)
    return Block(shown_hash(block_hash), shown_hash(previous), time, transactions, txids)


def _worked_hash(header: bytes, network: Network) -> bytes:
    digest = double_sha256(header)
    target = target_of(_HEADER.unpack(header)[4])
    if not 0 < target <= target_of(_LEAST_WORK[network]) or int.from_bytes(digest, "little") > target:
        raise BadBlock(WireFault.POW, "no work was done for it, or not for this network")
    return digest


def target_of(bits: int) -> int:
    """The number that a hash must not be above; 0 where `bits` says nothing sensible."""
    mantissa, exponent = bits & 0x7FFFFF, bits >> 24
    if bits & 0x800000:
        return 0
    return mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)


def _committed_digests(transactions: Sequence[Tx], root: bytes) -> list[bytes]:
    """The txids as bytes, where they are what the header commits to, and so are the witnesses."""
    if not transactions or not is_coinbase(transactions[0]) or any(map(is_coinbase, transactions[1:])):
        raise BadBlock(WireFault.FORMAT, "not exactly the first transaction makes coins")
    digests = [double_sha256(serialize(one, witness=False)) for one in transactions]
    if merkle_root(digests) != root:
        raise BadBlock(WireFault.MERKLE, "its transactions are not those of its header")
    if any(spent.witness for one in transactions for spent in one.inputs):
        _check_witnesses(transactions)
    return digests


def _check_witnesses(transactions: Sequence[Tx]) -> None:
    coinbase = transactions[0]
    said = [one.script for one in coinbase.outputs if one.script[:6] == _COMMITMENT and len(one.script) >= 38]
    reserved = coinbase.inputs[0].witness
    root = merkle_root([bytes(32), *(double_sha256(serialize(one)) for one in transactions[1:])])
    if not said or len(reserved) != 1 or double_sha256(root + reserved[0]) != said[-1][6:38]:
        raise BadBlock(WireFault.WITNESS, "its witnesses are not those of its first transaction")


def merkle_root(digests: Sequence[bytes]) -> bytes:
    """Raises BadBlock for a pair of equals: another list has the same root (CVE-2012-2459)."""
    level = list(digests)
    while len(level) > 1:
        pairs = [(level[at], level[min(at + 1, len(level) - 1)]) for at in range(0, len(level), 2)]
        if any(left == right for left, right in pairs[: len(level) // 2]):
            raise BadBlock(WireFault.MERKLE, "the same transaction stands in it twice")
        level = [double_sha256(left + right) for left, right in pairs]
    return level[0]
