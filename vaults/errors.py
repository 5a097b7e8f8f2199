"""What vaults refuse, each with its stable code."""

from access.errors import DomainError, Malformed, NotFound


class VaultNotFound(NotFound):
    """Or another's: nobody can tell which."""


class VaultWithdrawalNotFound(NotFound):
    pass


class InvalidState(DomainError):
    """Details: `status`."""

    code = "INVALID_STATE"
    status = 409
    default_message = "The vault is not in a state for that."


class MintingNotOpen(DomainError):
    """Liquidations are what makes a dollar safe; before they exist there is play money only."""

    code = "MINTING_NOT_OPEN"
    status = 403
    default_message = "Dollars are minted in demo mode only: this house does not liquidate vaults yet."


class BelowMinimumRatio(DomainError):
    """Details: `minimum`, the `ratio` it would have, and `available`, what would be allowed."""

    code = "BELOW_MINIMUM_RATIO"
    default_message = "The vault would be worth too little for what it owes."


class RatioMoved(DomainError):
    """The caller's own `min_ratio`. Details: `ratio`."""

    code = "RATIO_MOVED"
    status = 409
    default_message = "The ratio would be below the one you asked for."


class DebtMoved(DomainError):
    """The caller's own `max_debt`. Details: `debt`."""

    code = "DEBT_MOVED"
    status = 409
    default_message = "The debt would be above the one you asked for."


class DebtBelowFloor(DomainError):
    """Details: `floor`."""

    code = "DEBT_BELOW_FLOOR"
    default_message = "A vault owes nothing, or at least the debt floor."


class DebtCeilingReached(DomainError):
    """Details: `available`, `of`: "house" or "vault"."""

    code = "DEBT_CEILING"
    default_message = "This is more than may be owed."


class NothingOwed(DomainError):
    code = "NOTHING_OWED"
    default_message = "The vault owes nothing."


class StillOwing(DomainError):
    """Details: `debt`."""

    code = "DEBT_OUTSTANDING"
    status = 409
    default_message = "Repay what the vault owes first."


class CollateralTooSmall(DomainError):
    """Details: `available`, `required`."""

    code = "INSUFFICIENT_COLLATERAL"
    default_message = "There is not enough bitcoin in the vault for the amount and its fee."


class TooManyVaults(DomainError):
    """Details: `maximum`."""

    code = "TOO_MANY_VAULTS"
    default_message = "You have as many vaults as you may."


class TooManyOpenWithdrawals(DomainError):
    """Details: `maximum`."""

    code = "TOO_MANY_WITHDRAWALS"
    status = 409
    default_message = "Earlier withdrawals of this vault wait for a signature or for their block."


class KeyReused(DomainError):
    code = "KEY_REUSED"
    default_message = "This key stands for something else that you did."


class InvalidProof(Malformed):
    """Details: `reason`, one of FORMAT, TIME, SIGNATURE."""

    code = "INVALID_PROOF"
    default_message = "This is no proof that you have the private key."


class NothingToSave(Malformed):
    code = "NOTHING_TO_SAVE"
    default_message = "Give a repayment, a deposit, or both."
