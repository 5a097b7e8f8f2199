"""Calls about the miner's wallet: its addresses and what it has and sends."""

from decimal import Decimal
from typing import Any

from custody.dev_chain.arguments import a_text
from custody.dev_chain.encoding import Bitcoins, sats_of
from custody.dev_chain.errors import ChainError, Code
from custody.dev_chain.node import MINER_RATE, DevNode

_MOST_RATE = 10_000  # satoshis for a vbyte


def getnewaddress(node: DevNode, label: Any = "", address_type: Any = "bech32") -> str:
    if a_text(address_type) != "bech32":
        raise ChainError(Code.NOT_FOUND, f"Unknown address type '{address_type}'")
    return node.new_address()


def getbalance(node: DevNode, dummy: Any = "*") -> Bitcoins:
    return Bitcoins(node.balance().trusted_sats)


def getbalances(node: DevNode) -> dict[str, Any]:
    found = node.balance()
    return {"mine": {"trusted": Bitcoins(found.trusted_sats), "immature": Bitcoins(found.immature_sats)}}


def sendtoaddress(
    node: DevNode,
    address: Any,
    amount: Any,
    comment: Any = "",
    comment_to: Any = "",
    subtractfeefromamount: Any = False,
    replaceable: Any = True,
    conf_target: Any = None,
    estimate_mode: Any = "unset",
    avoid_reuse: Any = False,
    fee_rate: Any = None,
) -> str:
    """Of the terms only `fee_rate` (satoshis for a vbyte) means something here; it can always be replaced."""
    sats = sats_of(amount)
    if not sats:
        raise ChainError(Code.TYPE, "Invalid amount for send")
    rate = MINER_RATE if fee_rate is None else _rate_of(fee_rate)
    return node.send(a_text(address), sats, rate=rate)


def _rate_of(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 1 <= value <= _MOST_RATE:
        raise ChainError(Code.TYPE, "Invalid fee rate")
    return int(value * 1_000)


CALLS = (getnewaddress, getbalance, getbalances, sendtoaddress)
