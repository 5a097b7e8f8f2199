"""What the answers about bitcoin look like, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from custody.bitcoin.types import Network
from custody.rules.statuses import DepositStatus, WithdrawalStatus


class ConfirmationsDocument(serializers.Serializer[Any]):
    """All that is on its way to the same customer counts together, in however many pieces it comes."""

    up_to = serializers.CharField(allow_null=True, help_text="Of BTC on its way; null: of any amount.")
    confirmations = serializers.IntegerField()


class DepositAddressDocument(serializers.Serializer[Any]):
    asset = serializers.CharField()
    network = serializers.ChoiceField(choices=[one.value for one in Network])
    address = serializers.CharField()
    minimum = serializers.CharField(help_text="What comes in smaller pieces is not credited.")
    confirmations = ConfirmationsDocument(many=True)


class DepositDocument(serializers.Serializer[Any]):
    """SEEN counts for nothing. A reorg takes the credit of a REORGED one back."""

    deposit_id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    status = serializers.ChoiceField(choices=[one.value for one in DepositStatus])
    address = serializers.CharField()
    txid = serializers.CharField()
    vout = serializers.IntegerField()
    height = serializers.IntegerField(allow_null=True)
    confirmations = serializers.IntegerField()
    confirmations_required = serializers.IntegerField()
    created_at_ms = serializers.IntegerField()
    credited_at_ms = serializers.IntegerField(allow_null=True)


class OneDepositDocument(serializers.Serializer[Any]):
    deposit = DepositDocument()


class DepositsDocument(serializers.Serializer[Any]):
    deposits = DepositDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class WithdrawalDocument(serializers.Serializer[Any]):
    """`amount` reaches the address, `fee` comes on top. It can be canceled until it is SIGNING."""

    withdrawal_id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    fee = serializers.CharField()
    address = serializers.CharField()
    address_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[one.value for one in WithdrawalStatus])
    approvals_needed = serializers.IntegerField(help_text="Of operators; 0 where it goes by itself.")
    txid = serializers.CharField(allow_null=True, help_text="May change until it is CONFIRMED.")
    vout = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Why it was canceled or rejected.")
    created_at_ms = serializers.IntegerField()


class OneWithdrawalDocument(serializers.Serializer[Any]):
    withdrawal = WithdrawalDocument()


class WithdrawalsDocument(serializers.Serializer[Any]):
    withdrawals = WithdrawalDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class WithdrawalLimitsDocument(serializers.Serializer[Any]):
    """`stops`: why nothing can be asked for now; empty where it can."""

    asset = serializers.CharField()
    minimum = serializers.CharField()
    maximum = serializers.CharField(help_text="Of one withdrawal.")
    fee = serializers.CharField()
    day_limit = serializers.CharField()
    day_left = serializers.CharField(help_text="Of what was asked for in the last 24 hours and not returned.")
    day_count_left = serializers.IntegerField()
    approval_above = serializers.CharField(
        help_text="What is left of what goes by itself in 24 hours: above it operators have to agree."
    )
    held_until_ms = serializers.IntegerField(allow_null=True, help_text="After a security change.")
    stops = serializers.ListField(child=serializers.CharField(), help_text="Codes of refusals.")


class AllowedAddressDocument(serializers.Serializer[Any]):
    address_id = serializers.IntegerField()
    address = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a serializer has a label of its own
    created_at_ms = serializers.IntegerField()
    available_at_ms = serializers.IntegerField(help_text="Withdrawals may go there from then on.")


class OneAllowedAddressDocument(serializers.Serializer[Any]):
    address = AllowedAddressDocument()


class AllowedAddressesDocument(serializers.Serializer[Any]):
    addresses = AllowedAddressDocument(many=True)


class RemovedAddressDocument(serializers.Serializer[Any]):
    canceled = serializers.ListField(child=serializers.CharField(), help_text="Withdrawals to it, unsigned.")


class PartyDocument(serializers.Serializer[Any]):
    role = serializers.CharField()
    party = serializers.CharField(help_text="Who runs it; empty while it is not known.")


class CustodyDocument(serializers.Serializer[Any]):
    """`is_one_party`: protocol and backup key are in the same hands, and two keys move a vault."""

    network = serializers.ChoiceField(choices=[one.value for one in Network])
    is_development_chain = serializers.BooleanField(help_text="Its coins are worth nothing.")
    height = serializers.IntegerField(allow_null=True)
    lag = serializers.IntegerField(allow_null=True, help_text="Blocks that are known and not looked at yet.")
    signers = PartyDocument(many=True)
    is_one_party = serializers.BooleanField(allow_null=True)
    trust = serializers.CharField(help_text="What that means, in a sentence.")
    withdrawals_stopped = serializers.BooleanField()
