"""Types of the API: what answers about bitcoin are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import BitcoinNetwork, DepositStatus, WithdrawalStatus


class AllowedAddress(Model, frozen=True, kw_only=True):
    """available_at_ms: Withdrawals may go there from then on."""

    address_id: int
    address: str
    label: str
    created_at_ms: int
    available_at_ms: int


class Confirmations(Model, frozen=True, kw_only=True):
    """All that is on its way to the same customer counts together, in however many pieces it comes.

    up_to: Of BTC on its way; null: of any amount.
    """

    up_to: str | None
    confirmations: int


class SignerParty(Model, frozen=True, kw_only=True):
    """party: Who runs it; empty while it is not known."""

    role: str
    party: str


class Custody(Model, frozen=True, kw_only=True):
    """`is_one_party`: protocol and backup key are in the same hands, and two keys move a vault.

    is_development_chain: Its coins are worth nothing.
    lag: Blocks that are known and not looked at yet.
    trust: What that means, in a sentence.
    """

    network: BitcoinNetwork
    is_development_chain: bool
    height: int | None
    lag: int | None
    signers: list[SignerParty]
    is_one_party: bool | None
    trust: str
    withdrawals_stopped: bool


class DepositAddress(Model, frozen=True, kw_only=True):
    """minimum: What comes in smaller pieces is not credited."""

    asset: str
    network: BitcoinNetwork
    address: str
    minimum: str
    confirmations: list[Confirmations]


class Deposit(Model, frozen=True, kw_only=True):
    """SEEN counts for nothing. A reorg takes the credit of a REORGED one back."""

    deposit_id: str
    asset: str
    amount: str
    status: DepositStatus
    address: str
    txid: str
    vout: int
    height: int | None
    confirmations: int
    confirmations_required: int
    created_at_ms: int
    credited_at_ms: int | None


class Deposits(Model, frozen=True, kw_only=True):
    deposits: list[Deposit]
    next_cursor: str | None


class Withdrawal(Model, frozen=True, kw_only=True):
    """`amount` reaches the address, `fee` comes on top. It can be canceled until it is SIGNING.

    approvals_needed: Of operators; 0 where it goes by itself.
    txid: May change until it is CONFIRMED.
    reason: Why it was canceled or rejected.
    """

    withdrawal_id: str
    asset: str
    amount: str
    fee: str
    address: str
    address_id: int
    status: WithdrawalStatus
    approvals_needed: int
    txid: str | None
    vout: int | None
    reason: str | None
    created_at_ms: int


class WithdrawalLimits(Model, frozen=True, kw_only=True):
    """`stops`: why nothing can be asked for now; empty where it can.

    maximum: Of one withdrawal.
    day_left: Of what was asked for in the last 24 hours and not returned.
    approval_above: What is left of what goes by itself in 24 hours: above it operators have to agree.
    held_until_ms: After a security change.
    stops: Codes of refusals.
    """

    asset: str
    minimum: str
    maximum: str
    fee: str
    day_limit: str
    day_left: str
    day_count_left: int
    approval_above: str
    held_until_ms: int | None
    stops: list[str]


class Withdrawals(Model, frozen=True, kw_only=True):
    withdrawals: list[Withdrawal]
    next_cursor: str | None
