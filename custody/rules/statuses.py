"""The states of deposits, withdrawals and spends: enums and one table (state, event) -> state of each."""

from enum import StrEnum


class DepositStatus(StrEnum):
    SEEN = "SEEN"  # in the mempool: shown, counts for nothing
    CONFIRMED = "CONFIRMED"  # in a block, not deep enough
    CREDITED = "CREDITED"
    REORGED = "REORGED"  # was credited and left the chain: the credit was taken back
    DOUBLE_SPENT = "DOUBLE_SPENT"  # another transaction that spends its inputs is in a block
    REPLACED = "REPLACED"  # another transaction took its place in the mempool
    EVICTED = "EVICTED"  # no longer in the mempool, not replaced


class DepositEvent(StrEnum):
    SIGHTED = "SIGHTED"  # in the mempool
    MINED = "MINED"  # in a block of the active chain
    DEEP = "DEEP"  # deep enough in it
    GONE = "GONE"  # neither in a block nor in the mempool
    CONFLICT_SIGHTED = "CONFLICT_SIGHTED"
    CONFLICT_MINED = "CONFLICT_MINED"


class WithdrawalStatus(StrEnum):
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    APPROVED = "APPROVED"  # waits for its turn, a hold's end or coins in the hot wallet
    SIGNING = "SIGNING"  # a signer was or will be asked: it can no longer be canceled
    BROADCAST = "BROADCAST"  # signed, and on its way to the network
    CONFIRMED = "CONFIRMED"  # deep enough, booked
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"  # by an operator


class WithdrawalEvent(StrEnum):
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    CANCEL = "CANCEL"
    PLAN = "PLAN"
    DROP_PLAN = "DROP_PLAN"  # the plan was given up before any signature existed
    LOSE = "LOSE"  # what was signed for it can never confirm
    SIGN = "SIGN"
    SETTLE = "SETTLE"
    UNSETTLE = "UNSETTLE"  # a reorg took its block away


class SpendStatus(StrEnum):
    PLANNED = "PLANNED"  # coins are reserved, no signer was asked
    SIGNING = "SIGNING"  # a signer may have signed
    BROADCAST = "BROADCAST"  # signed; each version may confirm
    SETTLED = "SETTLED"  # deep enough in the chain, booked
    DROPPED = "DROPPED"  # given up: no signature existed, or none of its versions can ever confirm
    CONTESTED = "CONTESTED"  # its coins were spent by a transaction that is none of its versions


class Trail(StrEnum):
    """What a watched script is for."""

    DEPOSIT = "DEPOSIT"  # a customer's address in the hot wallet
    REFILL = "REFILL"  # the house's own way into the hot wallet
    CHANGE = "CHANGE"  # of the hot wallet
    COLD = "COLD"
    VAULT = "VAULT"
