"""What the answers about vaults look like, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from oracle.rules import State
from vaults.rules.standing import Standing
from vaults.rules.statuses import CoinStatus, VaultStatus, WithdrawalKind, WithdrawalStatus

_RATIO = '"1.500000" is 150 %.'
_FOR_MINTING = "By the price for minting; null where there is none now and it is needed."


def _text(help_text: str = "", *, null: bool = False) -> serializers.CharField:
    return serializers.CharField(help_text=help_text, allow_null=null)


class ShownPriceDocument(serializers.Serializer[Any]):
    """What a bitcoin is worth in dollars, for showing. `docs/oracle.md` says what states mean."""

    price = _text(null=True)
    state = serializers.ChoiceField(choices=[one.value for one in State])
    reason = _text(null=True)
    age_ms = serializers.IntegerField(allow_null=True)
    simulated = serializers.BooleanField()


class PinnedFiguresDocument(serializers.Serializer[Any]):
    """The figures that a vault keeps from its opening on."""

    figures_version = serializers.IntegerField()
    min_ratio = _text("The least after minting and after taking bitcoin out. " + _RATIO)
    warning_ratio = _text("Below it the owner is warned.")
    liquidation_ratio = _text("Below it the vault may be liquidated.")
    target_ratio = _text("What a liquidation in part restores.")
    penalty = _text("Of the debt that is liquidated.")
    hourly_part = _text("What is liquidated in an hour at the most, of a vault above the gradual ratio.")
    gradual_ratio = _text()


class TermsDocument(PinnedFiguresDocument):
    """What a vault that is opened now pins, and what holds for all."""

    stability_fee = _text("A year; 0.02 is 2 %.")
    rate = _text("What a dollar of debt from the very beginning has grown to, fees and all.")
    debt_floor = _text("A vault owes nothing, or at least this.")
    debt_ceiling = _text("The most that all vaults may owe together.")
    vault_debt_ceiling = _text("The most that one may owe.")
    debt = _text("What all vaults owe.")
    max_vaults = serializers.IntegerField(help_text="Of one owner.")
    price = ShownPriceDocument()
    mint_price = _text("What minting and withdrawing go by; null: it may not be used now.", null=True)
    minting_open = serializers.BooleanField()
    minting_closed = _text("The code that says why; null where it is open.", null=True)


class OneTermsDocument(serializers.Serializer[Any]):
    terms = TermsDocument()


class VaultStandingDocument(serializers.Serializer[Any]):
    """To inherit from. Amounts are of BTC (collateral, withdrawable) and of USDB (debt, mintable)."""

    collateral = _text("Credited bitcoin less what is on its way out.")
    value = _text("In dollars.", null=True)
    debt = _text("With the fee until the latest accrual.")
    ratio = _text("Value by debt, rounded down; null without debt, or without a price. " + _RATIO, null=True)
    health_factor = _text("Ratio by liquidation ratio: at 1 it is at the edge.", null=True)
    warning_price = _text("Below it the owner is warned.", null=True)
    liquidation_price = _text("Below it the vault may be liquidated.", null=True)
    mintable = _text(_FOR_MINTING, null=True)
    withdrawable = _text(_FOR_MINTING + " The network's fee comes out of it.", null=True)


class VaultDocument(VaultStandingDocument):
    """A vault as it is at this moment."""

    vault_id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a serializer has a label of its own
    address = _text("Bitcoin that is paid to it becomes collateral once it is deep enough.")
    status = serializers.ChoiceField(choices=[one.value for one in VaultStatus])
    status_before = _text("Of a frozen vault: what it returns to.", null=True)
    figures = PinnedFiguresDocument()
    price = ShownPriceDocument()
    version = serializers.IntegerField(help_text="Of its latest event.")
    created_at_ms = serializers.IntegerField()
    changed_at_ms = serializers.IntegerField()


class OneVaultDocument(serializers.Serializer[Any]):
    vault = VaultDocument()


class VaultsDocument(serializers.Serializer[Any]):
    account = _text("The number of the account, which an owner's proof names.")
    vaults = VaultDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class VaultEventDocument(serializers.Serializer[Any]):
    """What happened, and what the vault was after it."""

    version = serializers.IntegerField(help_text="1, 2, 3 and so on, without a gap.")
    name = serializers.CharField()
    time_ms = serializers.IntegerField()
    data = serializers.DictField(help_text="Facts; which ones depends on the event.")  # type: ignore[assignment]


class VaultEventsDocument(serializers.Serializer[Any]):
    events = VaultEventDocument(many=True)


class VaultCoinDocument(serializers.Serializer[Any]):
    """An output that pays the vault. Only CREDITED ones are collateral."""

    txid = serializers.CharField()
    vout = serializers.IntegerField()
    amount = serializers.CharField()
    status = serializers.ChoiceField(choices=[one.value for one in CoinStatus])
    height = serializers.IntegerField(allow_null=True)
    confirmations = serializers.IntegerField()
    confirmations_required = serializers.IntegerField(
        allow_null=True, help_text="Of one that is on its way; by all that its owner has on its way."
    )
    change_of = _text("The withdrawal whose change it is.", null=True)
    spent_by = _text("The withdrawal that spends it.", null=True)
    created_at_ms = serializers.IntegerField()
    changed_at_ms = serializers.IntegerField()


class VaultDepositsDocument(serializers.Serializer[Any]):
    address = serializers.CharField()
    is_open = serializers.BooleanField(
        help_text="False where the vault is closed: what is paid to it now is never credited, and only its"
        " owner with the backup moves it."
    )
    minimum = _text("A smaller output never counts.")
    deposits = VaultCoinDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class CollateralWithdrawalDocument(serializers.Serializer[Any]):
    """`amount` reaches the address, `fee` the miners; both left the collateral, but of a CANCELED one."""

    withdrawal_id = serializers.CharField()
    vault_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=[one.value for one in WithdrawalKind])
    status = serializers.ChoiceField(choices=[one.value for one in WithdrawalStatus])
    amount = serializers.CharField()
    fee = serializers.CharField()
    address = serializers.CharField()
    psbt = _text("What the owner signs, while it is PLANNED.", null=True)
    txid = _text("Once it is known.", null=True)
    created_at_ms = serializers.IntegerField()
    changed_at_ms = serializers.IntegerField()


class OneCollateralWithdrawalDocument(serializers.Serializer[Any]):
    withdrawal = CollateralWithdrawalDocument()


class CollateralWithdrawalsDocument(serializers.Serializer[Any]):
    withdrawals = CollateralWithdrawalDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class ClosingDocument(serializers.Serializer[Any]):
    withdrawal = CollateralWithdrawalDocument(allow_null=True, help_text="null: nothing was in it.")


class VaultExportDocument(serializers.Serializer[Any]):
    """What moves the coins without this house: two of the three keys."""

    vault_id = serializers.CharField()
    descriptor = serializers.CharField()
    recovery = _text("A file to keep, as `python -m custody.recovery` reads it.")


class VaultMintDocument(serializers.Serializer[Any]):
    """As it was when it was done."""

    vault_id = serializers.CharField()
    amount = serializers.CharField()
    debt = _text("After it.")
    ratio = _text("After it, at the price for minting.")
    price = _text("That price.")
    round_id = serializers.CharField()
    version = serializers.IntegerField()


class MintedDocument(serializers.Serializer[Any]):
    minted = VaultMintDocument()


class VaultRepaymentDocument(serializers.Serializer[Any]):
    """Who pays for another is told what was taken, and null for the rest."""

    vault_id = serializers.CharField()
    paid = serializers.CharField()
    debt = _text("After it.", null=True)
    status = _text("After it.", null=True)
    version = serializers.IntegerField(allow_null=True)


class RepaidDocument(serializers.Serializer[Any]):
    repaid = VaultRepaymentDocument()


class VaultSavingDocument(serializers.Serializer[Any]):
    """`paid` is 0 without a repayment, `deposit` without a deposit."""

    vault_id = serializers.CharField()
    paid = serializers.CharField()
    debt = _text("After it.")
    deposit = _text("Bitcoin that is on its way to the vault; collateral once the chain has it.")
    withdrawal_id = _text("Of that bitcoin, as among one's withdrawals.", null=True)
    status = serializers.CharField()
    version = serializers.IntegerField()


class SavedDocument(serializers.Serializer[Any]):
    saved = VaultSavingDocument()


class VaultRefusalDocument(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    field = _text("The input that was wrong, or empty.")
    details = serializers.DictField()


class PreviewedDocument(VaultStandingDocument):
    standing = serializers.ChoiceField(
        choices=[one.value for one in Standing], allow_null=True, help_text="At the price; null without one."
    )


class PreviewDocument(serializers.Serializer[Any]):
    """Nothing is done. `after` shows what would be refused too."""

    before = PreviewedDocument()
    after = PreviewedDocument()
    fee = _text("Of the withdrawal, as it would be about now.")
    refusal = VaultRefusalDocument(allow_null=True, help_text="The first; null: it would be done.")
