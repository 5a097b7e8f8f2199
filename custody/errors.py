"""What custody refuses, each with its stable code."""

from access.errors import DomainError, Malformed, NotFound, ServiceUnavailable


class InvalidAddress(Malformed):
    """Details: `reason`, one of NETWORK, CHECKSUM, WITNESS_VERSION, FORMAT, OWN."""

    code = "INVALID_ADDRESS"
    default_message = "This is no address of the network that is served here."


class TwoAddresses(Malformed):
    code = "TWO_ADDRESSES"
    default_message = "Give address_id or address, not both."


class AssetNotSupported(DomainError):
    """Details: `assets`, those that come and go."""

    code = "ASSET_NOT_SUPPORTED"
    default_message = "This asset is neither deposited nor withdrawn."


class InvalidXpub(Malformed):
    """Never carries the text."""

    code = "INVALID_XPUB"
    default_message = "This is no account key [fingerprint/48h/..]xpub of the network that is served here."


class PrivateKeyGiven(InvalidXpub):
    """A private key was sent: it is refused, kept nowhere, and must be taken for known by others."""

    default_message = (
        "This is a private key. Nothing of it was kept; take it for known by others and move what it guards."
    )


class InvalidPsbt(Malformed):
    code = "INVALID_PSBT"
    default_message = "This is no PSBT that can be read."


class PsbtMismatch(DomainError):
    """Another transaction than the planned one, or not signed as it must be. Details: `reason`."""

    code = "PSBT_MISMATCH"
    default_message = "The PSBT is not the planned transaction with its owner's signatures."


class WithdrawalNotFound(NotFound):
    pass


class AddressNotFound(NotFound):
    pass


class DepositNotFound(NotFound):
    pass


class WalletNotFound(NotFound):
    pass


class AddressNotAllowed(DomainError):
    code = "ADDRESS_NOT_ALLOWED"
    status = 403
    default_message = "Withdrawals go to addresses of your list only."


class AddressCooldown(DomainError):
    """Details: `available_at_ms`."""

    code = "ADDRESS_COOLDOWN"
    status = 403
    default_message = "This address was added too recently."


class AddressExists(DomainError):
    code = "ADDRESS_EXISTS"
    status = 409
    default_message = "This address is on your list."


class TooManyAddresses(DomainError):
    code = "TOO_MANY_ADDRESSES"
    default_message = "Your list is full; remove an address first."


class WithdrawalsHeld(DomainError):
    """After a change of password, second factor or address list. Details: `available_at_ms`."""

    code = "WITHDRAWALS_HELD"
    status = 403
    default_message = "After a security change nothing is withdrawn for a while."


class WithdrawalsStopped(DomainError):
    code = "WITHDRAWALS_STOPPED"
    status = 503
    default_message = "Withdrawals are stopped for everybody."


class AccountFrozen(DomainError):
    code = "ACCOUNT_FROZEN"
    status = 403
    default_message = "The account is frozen: a deposit of it was undone by the network."


class BelowMinimum(DomainError):
    """Details: `minimum`."""

    code = "DUST"
    default_message = "The amount is below the least that is withdrawn."


class VelocityExceeded(DomainError):
    """Details: `limit` (which one), `available` (what may be withdrawn now)."""

    code = "WITHDRAWAL_LIMIT"
    default_message = "This is more than may be withdrawn in the time."


class AboveHotWallet(DomainError):
    """No single withdrawal may be more than the hot wallet's cap. Details: `maximum`."""

    code = "ABOVE_MAXIMUM"
    default_message = "The amount is above the most that is withdrawn at once."


class InvalidState(DomainError):
    """Details: `status`."""

    code = "INVALID_STATE"
    status = 409
    default_message = "It is too late, or too early, for that."


class FundsTooSmall(DomainError):
    """Details: `available`, `required`."""

    code = "INSUFFICIENT_FUNDS"
    default_message = "There is not enough in the funding wallet for the amount and its fee."


class FeeTooHigh(DomainError):
    """Details: `fee` that miners would get, `maximum`."""

    code = "FEE_TOO_HIGH"
    status = 503
    default_message = "At today's rates the network would cost more than the house lets a transaction pay."


class SecondApproverNeeded(DomainError):
    code = "SECOND_OPERATOR_NEEDED"
    status = 409
    default_message = "Another operator has to agree, not the same one and not who asked."


class CustodyUnavailable(ServiceUnavailable):
    """`part`: custody (off), the chain, a signer."""
