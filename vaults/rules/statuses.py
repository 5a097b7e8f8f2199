"""The states of vaults, of their coins and withdrawals: enums and one table (state, event) -> state."""

from enum import StrEnum


class VaultStatus(StrEnum):
    PENDING = "PENDING"  # opened: nothing was credited yet
    ACTIVE = "ACTIVE"
    WARNING = "WARNING"  # below the warning ratio at the confirmed price
    LIQUIDATING = "LIQUIDATING"  # below the liquidation ratio: may be saved
    LIQUIDATED = "LIQUIDATED"  # nothing is owed any more, what is left is its owner's
    CLOSING = "CLOSING"  # owes nothing, and its bitcoin is on its way out
    CLOSED = "CLOSED"
    FROZEN = "FROZEN"  # a credited deposit has left the chain: waits for what becomes of it


class VaultEvent(StrEnum):
    FUND = "FUND"  # the first deposit is credited
    WARN = "WARN"
    CALM = "CALM"
    LIQUIDATE = "LIQUIDATE"
    RECOVER = "RECOVER"  # saved, partly liquidated, or the price came back: above the warning ratio
    RECOVER_WARNED = "RECOVER_WARNED"  # the same, between the two ratios
    SETTLE = "SETTLE"  # the liquidation is done
    CLOSE = "CLOSE"
    FINISH = "FINISH"  # nothing is left in it
    FREEZE = "FREEZE"
    THAW = "THAW"  # to the state before


_S, _E = VaultStatus, VaultEvent
_FREEZABLE = (_S.ACTIVE, _S.WARNING, _S.LIQUIDATING, _S.LIQUIDATED, _S.CLOSING)
# A pair that is missing is refused. THAW leads to the state before, which the vault keeps.
TRANSITIONS: dict[tuple[VaultStatus, VaultEvent], VaultStatus] = {
    (_S.PENDING, _E.FUND): _S.ACTIVE,
    (_S.PENDING, _E.FINISH): _S.CLOSED,
    (_S.ACTIVE, _E.WARN): _S.WARNING,
    (_S.ACTIVE, _E.LIQUIDATE): _S.LIQUIDATING,
    (_S.ACTIVE, _E.CLOSE): _S.CLOSING,
    (_S.WARNING, _E.CALM): _S.ACTIVE,
    (_S.WARNING, _E.LIQUIDATE): _S.LIQUIDATING,
    (_S.WARNING, _E.CLOSE): _S.CLOSING,
    (_S.LIQUIDATING, _E.RECOVER): _S.ACTIVE,
    (_S.LIQUIDATING, _E.RECOVER_WARNED): _S.WARNING,
    (_S.LIQUIDATING, _E.SETTLE): _S.LIQUIDATED,
    (_S.LIQUIDATED, _E.CLOSE): _S.CLOSING,
    (_S.CLOSING, _E.FINISH): _S.CLOSED,
    **{(status, _E.FREEZE): _S.FROZEN for status in _FREEZABLE},
}


def next_status(
    status: VaultStatus, event: VaultEvent, before: VaultStatus | None = None
) -> VaultStatus | None:
    """Where `event` leads; None if it is refused. `before`: of a frozen vault the state that it came from."""
    if (status, event) == (VaultStatus.FROZEN, VaultEvent.THAW):
        return before if before in _FREEZABLE else None
    return TRANSITIONS.get((status, event))


class CoinStatus(StrEnum):
    """Of an output that pays a vault. Only CREDITED ones are collateral."""

    SEEN = "SEEN"  # in the mempool
    CONFIRMED = "CONFIRMED"  # in a block, not deep enough
    CREDITED = "CREDITED"
    GONE = "GONE"  # was credited, and left the chain
    DOUBLE_SPENT = "DOUBLE_SPENT"  # another transaction that spends its inputs is in a block
    LOST = "LOST"  # was never credited, and is neither in a block nor in the mempool
    SPENT = "SPENT"  # by a withdrawal of this vault, deep enough in the chain
    TAKEN = "TAKEN"  # by a transaction that the house knows nothing of


class WithdrawalStatus(StrEnum):
    """Of collateral on its way out. PLANNED, SIGNED and BROADCAST are open: they left the collateral."""

    PLANNED = "PLANNED"  # waits for its owner's signature
    SIGNED = "SIGNED"  # by its owner: cannot be canceled any more
    BROADCAST = "BROADCAST"
    SUSPENDED = "SUSPENDED"  # signed, and a coin of it left the vault: it goes on if that comes back
    CONFIRMED = "CONFIRMED"
    CANCELED = "CANCELED"


class WithdrawalKind(StrEnum):
    WITHDRAW = "WITHDRAW"
    CLOSE = "CLOSE"  # all that is in the vault


OPEN_WITHDRAWALS = (WithdrawalStatus.PLANNED, WithdrawalStatus.SIGNED, WithdrawalStatus.BROADCAST)
# Whose ratio the scan looks at; what owes nothing has no key and is never found.
SCANNED = (VaultStatus.ACTIVE, VaultStatus.WARNING, VaultStatus.LIQUIDATING)
# In which an owner may mint and take collateral out.
FREE = (VaultStatus.ACTIVE, VaultStatus.WARNING)
# In which one may repay.
OWING = (VaultStatus.ACTIVE, VaultStatus.WARNING, VaultStatus.LIQUIDATING, VaultStatus.FROZEN)
