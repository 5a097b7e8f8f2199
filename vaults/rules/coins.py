"""What becomes of an output that pays a vault, and of what was planned with it: by the chain's facts alone.

A withdrawal's own coins and its change go by that withdrawal, all others by `coin_status`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from vaults.rules.statuses import CoinStatus

RIVAL_DEPTH = 6  # blocks on what spends a deposit's inputs instead: it will not come back
GIVEN_UP_AFTER_S = 86_400  # a credited coin that left the chain and nobody has brought back since


class Spender(StrEnum):
    """Of a vault's coin."""

    NOBODY = "NOBODY"  # or a transaction of ours, which its withdrawal follows
    SIGHTED = "SIGHTED"  # a stranger's, in the mempool: it may yet be none
    STRANGER = "STRANGER"  # in a block


@dataclass(frozen=True, slots=True)
class CoinFacts:
    """`confirmations`: 0 where it is in no block. `rival_depth`: those of a transaction that spends what the
    coin's own does. `is_barred`: deep or not, it is no collateral now."""

    confirmations: int
    required: int
    in_mempool: bool
    rival_depth: int
    spender: Spender
    is_barred: bool
    is_given_up: bool


def coin_status(status: CoinStatus | None, facts: CoinFacts) -> CoinStatus:
    """Where a coin in `status` (None: a new one) belongs. Never SPENT, which its withdrawal decides."""
    if facts.spender is Spender.STRANGER:
        return CoinStatus.TAKEN
    if status is CoinStatus.TAKEN and facts.spender is Spender.SIGHTED:
        return CoinStatus.TAKEN  # undone, and about to be mined again
    return _in_chain(status, facts) if facts.confirmations else _in_no_block(status, facts)


def _in_chain(status: CoinStatus | None, facts: CoinFacts) -> CoinStatus:
    if status is CoinStatus.CREDITED:
        return CoinStatus.CREDITED
    if facts.confirmations >= facts.required and not facts.is_barred:
        return CoinStatus.CREDITED
    return CoinStatus.GONE if status is CoinStatus.GONE else CoinStatus.CONFIRMED


def _in_no_block(status: CoinStatus | None, facts: CoinFacts) -> CoinStatus:
    if status in (CoinStatus.CREDITED, CoinStatus.GONE):
        if facts.rival_depth >= RIVAL_DEPTH:
            return CoinStatus.DOUBLE_SPENT
        is_lost = status is CoinStatus.GONE and facts.is_given_up and not facts.in_mempool
        return CoinStatus.LOST if is_lost else CoinStatus.GONE
    if facts.rival_depth:
        return CoinStatus.DOUBLE_SPENT
    return CoinStatus.SEEN if facts.in_mempool else CoinStatus.LOST


def change_status(facts: CoinFacts) -> CoinStatus:
    """Of change of an own withdrawal that is not confirmed: it is credited with that one and not before."""
    if facts.confirmations:
        return CoinStatus.CONFIRMED
    return CoinStatus.SEEN if facts.in_mempool else CoinStatus.LOST


def must_be_frozen(*, owes: bool, coins: Collection[CoinStatus], is_any_suspended: bool) -> bool:
    """While a coin that covered a debt may come back or not, or an own transaction with such a coin."""
    return (owes and CoinStatus.GONE in coins) or is_any_suspended
