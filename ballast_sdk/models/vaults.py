"""Types of the API: what answers about vaults are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import (
    CollateralWithdrawalKind,
    CollateralWithdrawalStatus,
    VaultCoinStatus,
    VaultStanding,
    VaultStatus,
)
from ballast_sdk.models.shared import ShownPrice


class CollateralWithdrawal(Model, frozen=True, kw_only=True):
    """`amount` reaches the address, `fee` the miners; both left the collateral, but of a CANCELED one.

    psbt: What the owner signs, while it is PLANNED.
    txid: Once it is known.
    """

    withdrawal_id: str
    vault_id: str
    kind: CollateralWithdrawalKind
    status: CollateralWithdrawalStatus
    amount: str
    fee: str
    address: str
    psbt: str | None
    txid: str | None
    created_at_ms: int
    changed_at_ms: int


class CollateralWithdrawals(Model, frozen=True, kw_only=True):
    withdrawals: list[CollateralWithdrawal]
    next_cursor: str | None


class VaultMint(Model, frozen=True, kw_only=True):
    """As it was when it was done.

    debt: After it.
    ratio: After it, at the price for minting.
    price: That price.
    """

    vault_id: str
    amount: str
    debt: str
    ratio: str
    price: str
    round_id: str
    version: int


class Terms(Model, frozen=True, kw_only=True):
    """What a vault that is opened now pins, and what holds for all.

    min_ratio: The least after minting and after taking bitcoin out. "1.500000" is 150 %.
    warning_ratio: Below it the owner is warned.
    liquidation_ratio: Below it the vault may be liquidated.
    target_ratio: What a liquidation in part restores.
    penalty: Of the debt that is liquidated.
    hourly_part: What is liquidated in an hour at the most, of a vault above the gradual ratio.
    stability_fee: A year; 0.02 is 2 %.
    rate: What a dollar of debt from the very beginning has grown to, fees and all.
    debt_floor: A vault owes nothing, or at least this.
    debt_ceiling: The most that all vaults may owe together.
    vault_debt_ceiling: The most that one may owe.
    debt: What all vaults owe.
    max_vaults: Of one owner.
    mint_price: What minting and withdrawing go by; null: it may not be used now.
    minting_closed: The code that says why; null where it is open.
    """

    figures_version: int
    min_ratio: str
    warning_ratio: str
    liquidation_ratio: str
    target_ratio: str
    penalty: str
    hourly_part: str
    gradual_ratio: str
    stability_fee: str
    rate: str
    debt_floor: str
    debt_ceiling: str
    vault_debt_ceiling: str
    debt: str
    max_vaults: int
    price: ShownPrice
    mint_price: str | None
    minting_open: bool
    minting_closed: str | None


class PinnedFigures(Model, frozen=True, kw_only=True):
    """The figures that a vault keeps from its opening on.

    min_ratio: The least after minting and after taking bitcoin out. "1.500000" is 150 %.
    warning_ratio: Below it the owner is warned.
    liquidation_ratio: Below it the vault may be liquidated.
    target_ratio: What a liquidation in part restores.
    penalty: Of the debt that is liquidated.
    hourly_part: What is liquidated in an hour at the most, of a vault above the gradual ratio.
    """

    figures_version: int
    min_ratio: str
    warning_ratio: str
    liquidation_ratio: str
    target_ratio: str
    penalty: str
    hourly_part: str
    gradual_ratio: str


class Vault(Model, frozen=True, kw_only=True):
    """A vault as it is at this moment.

    collateral: Credited bitcoin less what is on its way out.
    value: In dollars.
    debt: With the fee until the latest accrual.
    ratio: Value by debt, rounded down; null without debt, or without a price. "1.500000" is 150 %.
    health_factor: Ratio by liquidation ratio: at 1 it is at the edge.
    warning_price: Below it the owner is warned.
    liquidation_price: Below it the vault may be liquidated.
    mintable: By the price for minting; null where there is none now and it is needed.
    withdrawable: By the price for minting; null where there is none now and it is needed. The network's fee
        comes out of it.
    address: Bitcoin that is paid to it becomes collateral once it is deep enough.
    status_before: Of a frozen vault: what it returns to.
    version: Of its latest event.
    """

    collateral: str
    value: str | None
    debt: str
    ratio: str | None
    health_factor: str | None
    warning_price: str | None
    liquidation_price: str | None
    mintable: str | None
    withdrawable: str | None
    vault_id: str
    label: str
    address: str
    status: VaultStatus
    status_before: str | None
    figures: PinnedFigures
    price: ShownPrice
    version: int
    created_at_ms: int
    changed_at_ms: int


class Previewed(Model, frozen=True, kw_only=True):
    """To inherit from. Amounts are of BTC (collateral, withdrawable) and of USDB (debt, mintable).

    collateral: Credited bitcoin less what is on its way out.
    value: In dollars.
    debt: With the fee until the latest accrual.
    ratio: Value by debt, rounded down; null without debt, or without a price. "1.500000" is 150 %.
    health_factor: Ratio by liquidation ratio: at 1 it is at the edge.
    warning_price: Below it the owner is warned.
    liquidation_price: Below it the vault may be liquidated.
    mintable: By the price for minting; null where there is none now and it is needed.
    withdrawable: By the price for minting; null where there is none now and it is needed. The network's fee
        comes out of it.
    standing: At the price; null without one.
    """

    collateral: str
    value: str | None
    debt: str
    ratio: str | None
    health_factor: str | None
    warning_price: str | None
    liquidation_price: str | None
    mintable: str | None
    withdrawable: str | None
    standing: VaultStanding | None


class VaultRefusal(Model, frozen=True, kw_only=True):
    """field: The input that was wrong, or empty."""

    code: str
    message: str
    field: str
    details: dict[str, object]


class Preview(Model, frozen=True, kw_only=True):
    """Nothing is done. `after` shows what would be refused too.

    fee: Of the withdrawal, as it would be about now.
    refusal: The first; null: it would be done.
    """

    before: Previewed
    after: Previewed
    fee: str
    refusal: VaultRefusal | None


class VaultRepayment(Model, frozen=True, kw_only=True):
    """Who pays for another is told what was taken, and null for the rest.

    debt: After it.
    status: After it.
    """

    vault_id: str
    paid: str
    debt: str | None
    status: str | None
    version: int | None


class VaultSaving(Model, frozen=True, kw_only=True):
    """`paid` is 0 without a repayment, `deposit` without a deposit.

    debt: After it.
    deposit: Bitcoin that is on its way to the vault; collateral once the chain has it.
    withdrawal_id: Of that bitcoin, as among one's withdrawals.
    """

    vault_id: str
    paid: str
    debt: str
    deposit: str
    withdrawal_id: str | None
    status: str
    version: int


class VaultCoin(Model, frozen=True, kw_only=True):
    """An output that pays the vault. Only CREDITED ones are collateral.

    confirmations_required: Of one that is on its way; by all that its owner has on its way.
    change_of: The withdrawal whose change it is.
    spent_by: The withdrawal that spends it.
    """

    txid: str
    vout: int
    amount: str
    status: VaultCoinStatus
    height: int | None
    confirmations: int
    confirmations_required: int | None
    change_of: str | None
    spent_by: str | None
    created_at_ms: int
    changed_at_ms: int


class VaultDeposits(Model, frozen=True, kw_only=True):
    """is_open: False where the vault is closed: what is paid to it now is never credited, and only its owner
        with the backup moves it.
    minimum: A smaller output never counts.
    """

    address: str
    is_open: bool
    minimum: str
    deposits: list[VaultCoin]
    next_cursor: str | None


class VaultEvent(Model, frozen=True, kw_only=True):
    """What happened, and what the vault was after it.

    version: 1, 2, 3 and so on, without a gap.
    data: Facts; which ones depends on the event.
    """

    version: int
    name: str
    time_ms: int
    data: dict[str, object]


class VaultExport(Model, frozen=True, kw_only=True):
    """What moves the coins without this house: two of the three keys.

    recovery: A file to keep, as `python -m custody.recovery` reads it.
    """

    vault_id: str
    descriptor: str
    recovery: str


class Vaults(Model, frozen=True, kw_only=True):
    """account: The number of the account, which an owner's proof names."""

    account: str
    vaults: list[Vault]
    next_cursor: str | None
