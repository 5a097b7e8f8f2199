"""What tests of the development chain share: its miner's coins, and transactions made of them by hand."""

from dataclasses import replace

from custody.bitcoin.transactions import parse_tx, serialize, txid
from custody.bitcoin.types import SEQUENCE_RBF, OutPoint, Tx, TxOut
from custody.dev_chain.coins import Coin, coins_of
from custody.dev_chain.errors import ChainError
from custody.dev_chain.node import DevNode, script_of

FEE = 1_000
FINAL = 0xFFFFFFFF


def coin(node: DevNode, number: int = 0) -> Coin:
    """One of the miner's rewards that can be spent, the oldest first."""
    found = sorted(coins_of(node.store, node.miner.script), key=lambda one: one.height or 0)
    return found[number]


def elsewhere(node: DevNode) -> bytes:
    return script_of(node.new_address())


def payment(
    node: DevNode, spent: Coin, *, fee: int = FEE, sequence: int = SEQUENCE_RBF, script: bytes = b""
) -> Tx:
    """All of a coin, less the fee, to one script."""
    return node.miner.signed([spent], [TxOut(spent.value_sats - fee, script or elsewhere(node))], sequence)


def made(tx: Tx, vout: int = 0) -> Coin:
    """A coin of a transaction, wherever that is."""
    output = tx.outputs[vout]
    return Coin(OutPoint(txid(tx), vout), output.value_sats, output.script, None, False)


def tampered(tx: Tx) -> Tx:
    """With one bit of the first signature turned."""
    signature, key = tx.inputs[0].witness
    wrong = signature[:20] + bytes([signature[20] ^ 1]) + signature[21:]
    return replace(tx, inputs=(replace(tx.inputs[0], witness=(wrong, key)), *tx.inputs[1:]))


def refusal(node: DevNode, tx: Tx) -> str:
    """Why the pool does not take it; empty where it does."""
    try:
        node.accept(serialize(tx))
    except ChainError as error:
        return error.reason
    return ""


def block_refusal(node: DevNode, raw: bytes) -> str:
    try:
        node.submit_block(raw)
    except ChainError as error:
        return error.reason
    return ""


def waiting(node: DevNode, txid: str) -> Tx:
    return parse_tx(node.pool.entries[txid].raw)
