"""How deep in the chain is deep enough: by all that an owner has on its way, not by one output.

So a large sum in small pieces waits as long as in one. What is in no block counts for nothing here.
"""

from custody.bitcoin.types import Network
from custody.rules.terms import BITCOIN_SATS

SMALL_SATS = BITCOIN_SATS // 10
OLD = 6  # confirmations from which on a coin is no longer on its way
COINBASE = 100  # before them it cannot be spent
REGTEST = 1


def required(cumulative_sats: int, network: Network, *, is_coinbase: bool = False) -> int:
    """2 below 0.1 BTC, 3 up to and with 1 BTC, 6 above; 1 on regtest; a coinbase's 100 anywhere.

    `cumulative_sats`: all that the owner has in blocks with fewer than OLD confirmations, credited or not.
    """
    if is_coinbase:
        return COINBASE
    if network is Network.REGTEST:
        return REGTEST
    if cumulative_sats < SMALL_SATS:
        return 2
    return 3 if cumulative_sats <= BITCOIN_SATS else OLD


def confirmations(height: int | None, tip_height: int) -> int:
    """1 in the newest block, 0 in none."""
    return 0 if height is None else max(0, tip_height - height + 1)


def young_from(tip_height: int) -> int:
    """The lowest height of coins with fewer than OLD confirmations."""
    return tip_height - OLD + 2
