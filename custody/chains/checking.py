"""What an answer must be before it is believed: numbers, hashes, headers, blocks and transactions."""

import json
from decimal import ROUND_CEILING, Decimal
from typing import Any

from custody.bitcoin.blocks import HEADER_BYTES, Block, parse_block, target_of
from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.transactions import parse_tx, txid
from custody.bitcoin.types import Network
from custody.bitcoin.wire import double_sha256, shown_hash
from custody.chains.source import MAX_FEE_RATE, MIN_FEE_RATE, ChainUnfit, Unfit

HASH = 64  # hex characters
MAX_HEIGHT = 100_000_000
MAX_MEMPOOL = 400_000
MAX_VALUES = MAX_MEMPOOL + 1_000

GENESIS = {
    "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f": Network.MAIN,
    "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943": Network.TESTNET,
    "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043": Network.TESTNET,
    "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6": Network.SIGNET,
    "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206": Network.REGTEST,
}

# No block that is looked at is easier to make than this. On main it is some tenth of what it was in 2024:
# whoever feeds a node blocks of his own must still do that work, for each of them.
_EASIEST = {
    Network.MAIN: target_of(0x1D00FFFF) // 10**13,
    Network.TESTNET: target_of(0x1D00FFFF),
    Network.SIGNET: target_of(0x1E0377AE),
    Network.REGTEST: target_of(0x207FFFFF),
}


def malformed(detail: str) -> ChainUnfit:
    return ChainUnfit(Unfit.MALFORMED, detail)


def decoded(body: bytes) -> Any:
    """JSON whose decimals are exact. What is none, holds NaN or more values than any answer is malformed."""
    if body.count(b",") > MAX_VALUES:  # each takes far more room as an object than in the text
        raise malformed("an answer of too many values")
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise malformed("an answer that is no JSON") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def network_of(genesis: str) -> Network:
    if genesis not in GENESIS:
        raise ChainUnfit(Unfit.NETWORK, f"its first block is {genesis}")
    return GENESIS[genesis]


def read_count(value: object, what: str, limit: int = MAX_HEIGHT) -> int:
    """A bool is an int to Python, not here."""
    if type(value) is not int or not 0 <= value <= limit:
        raise malformed(f"no {what}")
    return value


def read_hash(value: object, what: str) -> str:
    if isinstance(value, str) and len(value) == HASH and not set(value) - set("0123456789abcdef"):
        return value
    raise malformed(f"no {what}")


def read_hex(value: object, what: str) -> bytes:
    try:
        return bytes.fromhex(value if isinstance(value, str) else "-")
    except ValueError as error:
        raise malformed(f"no {what}") from error


def read_txids(value: object) -> frozenset[str]:
    """There may be hundreds of thousands, every few seconds: they are looked at together, not one by one."""
    if not isinstance(value, list) or len(value) > MAX_MEMPOOL or set(map(type, value)) - {str}:
        raise malformed("no list of the mempool")
    if set(map(len, value)) - {HASH}:
        raise malformed("no txids in the mempool")
    together = "".join(value)
    if read_hex(together, "txids in the mempool").hex() != together:
        raise malformed("no txids in the mempool")
    return frozenset(value)


def read_header(raw: bytes, block_hash: str, network: Network) -> int:
    """Its time, once it is the header of that hash and was worked for."""
    if len(raw) != HEADER_BYTES:
        raise malformed("no header")
    digest = double_sha256(raw)
    if shown_hash(digest) != block_hash:
        raise ChainUnfit(Unfit.WRONG_BLOCK, "a header of another hash")
    bits = int.from_bytes(raw[72:76], "little")
    if int.from_bytes(digest, "little") > target_of(bits) or target_of(bits) > _EASIEST[network]:
        raise ChainUnfit(Unfit.WRONG_BLOCK, "a header without the work")
    return int.from_bytes(raw[68:72], "little")


def read_block(raw: bytes, block_hash: str, network: Network) -> Block:
    read_header(raw[:HEADER_BYTES], block_hash, network)
    try:
        return parse_block(raw, network)
    except BitcoinError as error:
        raise ChainUnfit(Unfit.WRONG_BLOCK, f"a block that is none: {error}") from error


def read_transaction(raw: bytes, wanted: str) -> bytes:
    try:
        found = txid(parse_tx(raw))
    except BitcoinError as error:
        raise ChainUnfit(Unfit.WRONG_TRANSACTION, f"a transaction that is none: {error}") from error
    if found != wanted:
        raise ChainUnfit(Unfit.WRONG_TRANSACTION, "another transaction than was asked for")
    return raw


def read_fee_rate(value: object, unit: int) -> int | None:
    """Satoshis per 1,000 vbytes of a number of `unit`, rounded up and within bounds. None: no estimate."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise malformed("no fee rate")
    if value <= 0:
        return None
    bounded = min(Decimal(value), Decimal(MAX_FEE_RATE))  # before anything makes digits of its exponent
    rate = int((bounded * unit).to_integral_value(ROUND_CEILING))
    return max(MIN_FEE_RATE, min(MAX_FEE_RATE, rate))
