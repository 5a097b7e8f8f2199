"""Calls about the chain: where it stands, its blocks, and how tests turn it."""

import re
import time
from typing import Any

from custody.bitcoin.blocks import parse_block
from custody.bitcoin.types import Network, Tx
from custody.dev_chain import answers
from custody.dev_chain.acceptance import read_transaction
from custody.dev_chain.arguments import a_hash, a_level, a_list, a_number, a_switch, a_text, some_bytes
from custody.dev_chain.encoding import Bitcoins
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.node import DevNode, script_of
from custody.dev_chain.policy import MIN_RELAY_RATE
from custody.dev_chain.store import StoredBlock

PEERS = "peers"
_STARTED = time.monotonic()
_MOST_IN_BLOCK = 5_000
_RAW_SCRIPT = re.compile(r"raw\(((?:[0-9a-f]{2})*)\)(?:#\w{8})?")


def _block(node: DevNode, blockhash: Any) -> StoredBlock:
    stored = node.block(a_hash(blockhash, "blockhash"))
    if stored is None:
        raise ChainError(Code.NOT_FOUND, "Block not found")
    return stored


def getblockchaininfo(node: DevNode) -> dict[str, Any]:
    tip = answers.header(node, _block(node, node.tip))
    return {
        "chain": "regtest",
        "blocks": node.height,
        "headers": node.height,
        "bestblockhash": node.tip,
        **{name: tip[name] for name in ("bits", "difficulty", "time", "mediantime", "chainwork")},
        "verificationprogress": 1,
        "initialblockdownload": False,
        "size_on_disk": 0,
        "pruned": False,
        "warnings": [],
    }


def getnetworkinfo(node: DevNode) -> dict[str, Any]:
    """Nobody else has this chain, so its only peer is whoever asks; `setmockpeers` says otherwise."""
    peers = int(node.setting(PEERS) or 1)
    return {
        "version": 300000,
        "subversion": "/Ballast development chain/",
        "connections": peers,
        "connections_in": peers,
        "connections_out": 0,
        "networkactive": True,
        "relayfee": Bitcoins(MIN_RELAY_RATE),
        "incrementalfee": Bitcoins(MIN_RELAY_RATE),
        "warnings": [],
    }


def setmockpeers(node: DevNode, connections: Any) -> None:
    node.set(PEERS, str(max(a_number(connections), 0)))


def getblockcount(node: DevNode) -> int:
    return node.height


def getbestblockhash(node: DevNode) -> str:
    return node.tip


def getblockhash(node: DevNode, height: Any) -> str:
    found = node.hash_at(a_number(height))
    if found is None:
        raise ChainError(Code.PARAMETER, "Block height out of range")
    return found


def getblockheader(node: DevNode, blockhash: Any, verbose: Any = True) -> dict[str, Any] | str:
    stored = _block(node, blockhash)
    return answers.header(node, stored) if a_switch(verbose) else stored.raw[:80].hex()


def getblock(node: DevNode, blockhash: Any, verbosity: Any = 1) -> dict[str, Any] | str:
    return answers.block(node, _block(node, blockhash), a_level(verbosity))


def submitblock(node: DevNode, hexdata: Any, dummy: Any = "ignored") -> str | None:
    """Why it is refused; nothing where it is taken."""
    raw = some_bytes(hexdata, "Block decode failed")
    try:
        node.submit_block(raw)
    except ChainError as error:
        if error.code is Code.VERIFY:
            return error.reason
        raise
    return None


def generatetoaddress(node: DevNode, nblocks: Any, address: Any, maxtries: Any = 0) -> list[str]:
    return node.mine(a_number(nblocks), script_of(a_text(address)))


def generateblock(
    node: DevNode, output: Any, transactions: Any, submit: Any = True, parent: Any = None
) -> dict[str, str]:
    """Exactly these transactions, hex or txids of the pool. `parent` is our own: any block, else the tip."""
    chosen = [_chosen(node, one) for one in a_list(transactions, _MOST_IN_BLOCK)]
    below = node.tip if parent is None else _block(node, parent).hash
    raw = node.made_block(below, chosen, script=_paid(a_text(output)))
    if not a_switch(submit):
        return {"hash": parse_block(raw, Network.REGTEST).hash, "hex": raw.hex()}
    return {"hash": node.submit_block(raw)}


def _chosen(node: DevNode, given: Any) -> Tx:
    text = a_text(given)
    if text in node.pool:
        return node.pool.entries[text].tx
    if len(text) == 64:
        raise ChainError(Code.NOT_FOUND, f"Transaction {text} not in mempool.")
    return read_transaction(some_bytes(text, f"Transaction decode failed for {text[:80]}"))


def _paid(output: str) -> bytes:
    match = _RAW_SCRIPT.fullmatch(output)
    return bytes.fromhex(match.group(1)) if match else script_of(output)


def invalidateblock(node: DevNode, blockhash: Any) -> None:
    node.invalidate_block(_block(node, blockhash).hash)


def reconsiderblock(node: DevNode, blockhash: Any) -> None:
    node.reconsider_block(_block(node, blockhash).hash)


def uptime(node: DevNode) -> int:
    return int(time.monotonic() - _STARTED)


CALLS = (
    getblockchaininfo,
    getnetworkinfo,
    setmockpeers,
    getblockcount,
    getbestblockhash,
    getblockhash,
    getblockheader,
    getblock,
    submitblock,
    generatetoaddress,
    generateblock,
    invalidateblock,
    reconsiderblock,
    uptime,
)
