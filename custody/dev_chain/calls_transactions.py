"""Calls about transactions: of the chain, of the pool, and those that somebody wants in it."""

from typing import Any

from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import BadAddress
from custody.bitcoin.transactions import serialize, vbytes, wtxid
from custody.bitcoin.transactions import txid as txid_of
from custody.bitcoin.types import Network
from custody.dev_chain import answers
from custody.dev_chain.acceptance import read_transaction
from custody.dev_chain.arguments import (
    a_hash,
    a_level,
    a_list,
    a_number,
    a_rate,
    a_switch,
    a_text,
    an_outpoint,
    some_bytes,
)
from custody.dev_chain.encoding import Bitcoins
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.following import parsed
from custody.dev_chain.node import DevNode
from custody.dev_chain.policy import MIN_RELAY_RATE, fee_at, is_witness_program
from custody.dev_chain.pool import Entry

FEE_RATE = "fee_rate"
MOST_RATE = "0.10"
_MOST_TESTED = 25
_NO_TX = "No such mempool or blockchain transaction. Use gettransaction for wallet transactions."
_DECODE = "TX decode failed. Make sure the tx has at least one input."


def getrawmempool(node: DevNode, verbose: Any = False) -> list[str] | dict[str, Any]:
    if not a_switch(verbose):
        return list(node.pool.entries)
    return {one.txid: answers.pool_entry(node, one) for one in node.pool.entries.values()}


def getmempoolentry(node: DevNode, txid: Any) -> dict[str, Any]:
    return answers.pool_entry(node, _waiting(node, txid))


def getmempoolancestors(node: DevNode, txid: Any) -> list[str]:
    entry = _waiting(node, txid)
    return sorted(node.pool.with_ancestors(entry.txid) - {entry.txid})


def getmempooldescendants(node: DevNode, txid: Any) -> list[str]:
    entry = _waiting(node, txid)
    return sorted(node.pool.with_descendants([entry.txid]) - {entry.txid})


def _waiting(node: DevNode, txid: Any) -> Entry:
    entry = node.pool.entries.get(a_hash(txid, "txid"))
    if entry is None:
        raise ChainError(Code.NOT_FOUND, "Transaction not in mempool")
    return entry


def getmempoolinfo(node: DevNode) -> dict[str, Any]:
    return {
        "loaded": True,
        "size": len(node.pool),
        "bytes": node.pool.vbytes(),
        "total_fee": Bitcoins(sum(one.fee_sats for one in node.pool.entries.values())),
        "mempoolminfee": Bitcoins(MIN_RELAY_RATE),
        "minrelaytxfee": Bitcoins(MIN_RELAY_RATE),
        "fullrbf": False,
    }


def getrawtransaction(
    node: DevNode, txid: Any, verbosity: Any = False, blockhash: Any = None
) -> str | dict[str, Any]:
    wanted = a_hash(txid, "txid")
    within = None if blockhash is None else a_hash(blockhash, "blockhash")
    raw = node.transaction(wanted) if within is None else _in_block(node, within, wanted)
    if raw is None:
        raise ChainError(Code.NOT_FOUND, _NO_TX)
    if not a_level(verbosity):
        return raw.hex()
    told = {**answers.transaction(read_transaction(raw)), "hex": raw.hex()}
    confirmations = node.confirmations(wanted)
    if confirmations:
        stored = node.block(node.hash_at(node.height - confirmations + 1) or "")
        assert stored is not None, "a block of the active chain is there"
        told |= {"blockhash": stored.hash, "time": stored.time, "blocktime": stored.time}
        told |= {"confirmations": confirmations}
    return told


def _in_block(node: DevNode, blockhash: str, txid: str) -> bytes | None:
    stored = node.block(blockhash)
    if stored is None:
        raise ChainError(Code.NOT_FOUND, "Block hash not found")
    block = parsed(stored)
    return serialize(block.transactions[block.txids.index(txid)]) if txid in block.txids else None


def gettxout(node: DevNode, txid: Any, n: Any, include_mempool: Any = True) -> dict[str, Any] | None:
    return answers.coin(node, an_outpoint(txid, n), with_pool=a_switch(include_mempool))


def sendrawtransaction(node: DevNode, hexstring: Any, maxfeerate: Any = MOST_RATE) -> str:
    return node.accept(some_bytes(hexstring, _DECODE), a_rate(maxfeerate))


def testmempoolaccept(node: DevNode, rawtxs: Any, maxfeerate: Any = MOST_RATE) -> list[dict[str, Any]]:  # noqa: PT028
    """Each on its own, not as a package."""
    rate = a_rate(maxfeerate)
    return [
        _tested(node, some_bytes(one, f"TX decode failed: {str(one)[:80]}"), rate)
        for one in a_list(rawtxs, _MOST_TESTED)
    ]


def _tested(node: DevNode, raw: bytes, rate: int) -> dict[str, Any]:
    tx = read_transaction(raw)
    told: dict[str, Any] = {"txid": txid_of(tx), "wtxid": wtxid(tx)}
    try:
        entry = node.judge(raw).entry
    except ChainError as error:
        words = {Code.VERIFY: "missing-inputs", Code.IN_CHAIN: "txn-already-known"}
        return {**told, "allowed": False, "reject-reason": words.get(error.code, error.reason)}
    if rate and entry.fee_sats > fee_at(rate, entry.vbytes):
        return {**told, "allowed": False, "reject-reason": "max-fee-exceeded"}
    return {**told, "allowed": True, "vsize": vbytes(tx), "fees": {"base": Bitcoins(entry.fee_sats)}}


def decoderawtransaction(node: DevNode, hexstring: Any, iswitness: Any = True) -> dict[str, Any]:
    return answers.transaction(read_transaction(some_bytes(hexstring, _DECODE)))


def validateaddress(node: DevNode, address: Any) -> dict[str, Any]:
    text = a_text(address)
    try:
        script = read_address(text, Network.REGTEST)
    except BadAddress as error:
        return {"isvalid": False, "error_locations": [], "error": str(error)}
    told: dict[str, Any] = {"isvalid": True, "address": text, "scriptPubKey": script.hex()}
    told |= {"isscript": answers.script_type(script) in ("scripthash", "witness_v0_scripthash")}
    told |= {"iswitness": is_witness_program(script)}
    if is_witness_program(script):
        version = script[0] - 0x50 if script[0] else 0
        told |= {"witness_version": version, "witness_program": script[2:].hex()}
    return told


def estimatesmartfee(node: DevNode, conf_target: Any, estimate_mode: Any = "economical") -> dict[str, Any]:
    """What `setmockfee` said. Without that a chain of one's own has nothing to estimate by."""
    blocks = a_number(conf_target)
    if not 1 <= blocks <= 1008:
        raise ChainError(Code.PARAMETER, "Invalid conf_target, must be between 1 and 1008")
    rate = node.setting(FEE_RATE)
    if not rate:
        return {"errors": ["Insufficient data or no feerate found"], "blocks": blocks}
    return {"feerate": Bitcoins(int(rate)), "blocks": blocks}


def setmockfee(node: DevNode, feerate: Any) -> None:
    """Bitcoin for 1,000 vbytes, or null: nothing is known."""
    node.set(FEE_RATE, "" if feerate is None else str(a_rate(feerate)))


def dropmempool(node: DevNode, txids: Any = None) -> list[str]:
    """Forget these, or all, with what descends from them: as if there had been no room."""
    if txids is None:
        return node.drop_mempool()
    return node.drop_from_pool([a_hash(one, "txid") for one in a_list(txids, 1000)])


CALLS = (
    getrawmempool,
    getmempoolentry,
    getmempoolancestors,
    getmempooldescendants,
    getmempoolinfo,
    getrawtransaction,
    gettxout,
    sendrawtransaction,
    testmempoolaccept,
    decoderawtransaction,
    validateaddress,
    estimatesmartfee,
    setmockfee,
    dropmempool,
)
