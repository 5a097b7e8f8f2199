"""Blocks and transactions in the words of Bitcoin Core's JSON-RPC. Pure but for what the node is asked."""

from decimal import Decimal
from typing import Any

from custody.bitcoin.addresses import address_of
from custody.bitcoin.blocks import Block
from custody.bitcoin.transactions import is_coinbase, serialize, txid, vbytes, weight, wtxid
from custody.bitcoin.types import Network, OutPoint, Tx, TxIn
from custody.dev_chain.encoding import Bitcoins
from custody.dev_chain.following import parsed
from custody.dev_chain.mining import BITS
from custody.dev_chain.node import DevNode
from custody.dev_chain.policy import is_data, is_witness_program
from custody.dev_chain.pool import Entry
from custody.dev_chain.store import StoredBlock

_HEADER_BYTES = 80
_DIFFICULTY = Decimal("4.656542373906925e-10")
_PROGRAMS = {(0, 20): "witness_v0_keyhash", (0, 32): "witness_v0_scripthash", (1, 32): "witness_v1_taproot"}


def header(node: DevNode, stored: StoredBlock) -> dict[str, Any]:
    raw = stored.raw
    is_active = node.hash_at(stored.height) == stored.hash
    answer: dict[str, Any] = {
        "hash": stored.hash,
        "confirmations": node.height - stored.height + 1 if is_active else -1,
        "height": stored.height,
        "version": int.from_bytes(raw[:4], "little", signed=True),
        "versionHex": raw[:4][::-1].hex(),
        "merkleroot": raw[36:68][::-1].hex(),
        "time": stored.time,
        "mediantime": node.median_time(stored),
        "nonce": int.from_bytes(raw[76:80], "little"),
        "bits": f"{BITS:08x}",
        "difficulty": _DIFFICULTY,
        "chainwork": f"{(stored.height + 1) * 2:064x}",
        "nTx": len(parsed(stored).transactions),
    }
    if stored.height:
        answer["previousblockhash"] = stored.previous_hash
    following = node.hash_at(stored.height + 1) if is_active else None
    return answer if following is None else {**answer, "nextblockhash": following}


def block(node: DevNode, stored: StoredBlock, verbosity: int) -> dict[str, Any] | str:
    if not verbosity:
        return stored.raw.hex()
    read = parsed(stored)
    sizes = {"size": len(stored.raw), "strippedsize": _stripped_bytes(read), "weight": _weight(stored, read)}
    told: list[Any] = list(read.txids)
    if verbosity > 1:
        told = [{**transaction(one), "hex": serialize(one).hex()} for one in read.transactions]
    return {**header(node, stored), **sizes, "tx": told}


def _stripped_bytes(read: Block) -> int:
    prefix = _HEADER_BYTES + (1 if len(read.transactions) < 0xFD else 3)
    return prefix + sum(len(serialize(one, witness=False)) for one in read.transactions)


def _weight(stored: StoredBlock, read: Block) -> int:
    return 3 * _stripped_bytes(read) + len(stored.raw)


def transaction(tx: Tx) -> dict[str, Any]:
    """As `decoderawtransaction` tells it."""
    return {
        "txid": txid(tx),
        "hash": wtxid(tx),
        "version": tx.version,
        "size": len(serialize(tx)),
        "vsize": vbytes(tx),
        "weight": weight(tx),
        "locktime": tx.lock_time,
        "vin": [_input(one, is_coinbase(tx)) for one in tx.inputs],
        "vout": [
            {"value": Bitcoins(one.value_sats), "n": vout, "scriptPubKey": script(one.script)}
            for vout, one in enumerate(tx.outputs)
        ],
    }


def _input(spent: TxIn, makes_coins: bool) -> dict[str, Any]:
    witness = {"txinwitness": [one.hex() for one in spent.witness]} if spent.witness else {}
    if makes_coins:
        return {"coinbase": spent.script_sig.hex(), **witness, "sequence": spent.sequence}
    return {
        "txid": spent.outpoint.txid,
        "vout": spent.outpoint.vout,
        "scriptSig": {"asm": "", "hex": spent.script_sig.hex()},
        **witness,
        "sequence": spent.sequence,
    }


def script(data: bytes) -> dict[str, Any]:
    address = address_of(data, Network.REGTEST)
    told = {"asm": "", "hex": data.hex(), "type": script_type(data)}
    return told if address is None else {**told, "address": address}


def script_type(data: bytes) -> str:
    if is_data(data):
        return "nulldata"
    if is_witness_program(data):
        version = data[0] - 0x50 if data[0] else 0
        return _PROGRAMS.get((version, len(data) - 2), "witness_unknown")
    if len(data) == 25 and data[:3] == b"\x76\xa9\x14":
        return "pubkeyhash"
    if len(data) == 23 and data[:2] == b"\xa9\x14":
        return "scripthash"
    return "nonstandard"


def coin(node: DevNode, outpoint: OutPoint, *, with_pool: bool) -> dict[str, Any] | None:
    """As `gettxout` tells it: nothing of what is spent."""
    found = node.coin(outpoint, with_pool=with_pool)
    if found is None:
        return None
    confirmations = 0 if found.height is None else node.height - found.height + 1
    return {
        "bestblock": node.tip,
        "confirmations": confirmations,
        "value": Bitcoins(found.value_sats),
        "scriptPubKey": script(found.script),
        "coinbase": found.is_coinbase,
    }


def pool_entry(node: DevNode, entry: Entry) -> dict[str, Any]:
    pool = node.pool
    above = [pool.entries[one] for one in pool.with_ancestors(entry.txid)]
    below = [pool.entries[one] for one in pool.with_descendants([entry.txid])]
    return {
        "vsize": entry.vbytes,
        "weight": entry.weight,
        "time": entry.time,
        "height": entry.height,
        "descendantcount": len(below),
        "descendantsize": sum(one.vbytes for one in below),
        "ancestorcount": len(above),
        "ancestorsize": sum(one.vbytes for one in above),
        "wtxid": entry.wtxid,
        "fees": {
            "base": Bitcoins(entry.fee_sats),
            "modified": Bitcoins(entry.fee_sats),
            "ancestor": Bitcoins(sum(one.fee_sats for one in above)),
            "descendant": Bitcoins(sum(one.fee_sats for one in below)),
        },
        "depends": sorted(entry.parents),
        "spentby": sorted(entry.children),
        "bip125-replaceable": pool.is_replaceable(entry.txid),
        "unbroadcast": False,
    }
