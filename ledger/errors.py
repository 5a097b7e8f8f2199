"""What the ledger refuses, each with its stable code."""

from access.errors import DomainError


class AmountOutOfRange(DomainError):
    """The amount is not from 1 to 2**63 - 1 atoms, or a balance would leave the signed 64-bit range."""

    code = "AMOUNT_OUT_OF_RANGE"


class AssetNotFound(DomainError):
    code = "ASSET_NOT_FOUND"
    status = 404


class AccountNotFound(DomainError):
    code = "ACCOUNT_NOT_FOUND"
    status = 404


class SameAccount(DomainError):
    code = "SAME_ACCOUNT"


class AssetMismatch(DomainError):
    """The two accounts of a transfer hold different assets."""

    code = "ASSET_MISMATCH"


class InsufficientFunds(DomainError):
    """Details: `asset`, `available_atoms`, `required_atoms`."""

    code = "INSUFFICIENT_FUNDS"


class TransferKeyReused(DomainError):
    """The key was used before for something else. Details: `key`."""

    code = "TRANSFER_KEY_REUSED"


class PendingTransferNotFound(DomainError):
    code = "PENDING_TRANSFER_NOT_FOUND"
    status = 404


class PendingTransferResolved(DomainError):
    """It has already come to another end. Details: `pending_id`, `status`."""

    code = "PENDING_TRANSFER_RESOLVED"
    status = 409


class DemoOnly(DomainError):
    """Money out of nothing exists in demo mode only."""

    code = "DEMO_ONLY"
    status = 403
