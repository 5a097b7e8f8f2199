"""What a client may send about bitcoin."""

from typing import Any

from access.errors import InvalidType, MissingField
from access.fields import AmountField, AssetField, ChoiceField, IntegerField, StrictField, TextField
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, MomentCursorField, PageQuery
from access.serializers import StrictSerializer
from custody.errors import InvalidAddress, TwoAddresses
from custody.rules.statuses import DepositStatus, WithdrawalStatus
from custody.rules.withdrawals import BTC_DECIMALS

MAX_ADDRESS = 100


class AddressField(StrictField):
    """Whether it is one of the network is the service's to say."""

    def parse(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidType("The value must be a string.")
        if not 1 <= len(value) <= MAX_ADDRESS or not value.isascii():
            raise InvalidAddress(reason="FORMAT")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": MAX_ADDRESS}


class CodeField(TextField):
    """A one-time code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(minimum=1, maximum=32, **options)


class AssetQuery(StrictSerializer):
    asset = AssetField(default="BTC")


class WithdrawalForm(StrictSerializer):
    """To an address of one's list: by its number or as it is written. `code` is of one's second factor."""

    asset = AssetField(default="BTC")
    amount = AmountField(decimals=BTC_DECIMALS)
    address_id = IntegerField(1, required=False, allow_null=True)
    address = AddressField(required=False, allow_null=True)
    code = CodeField()

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        given = [name for name in ("address_id", "address") if values[name] is not None]
        if not given:
            raise MissingField("Give address_id, or address.", field="address_id")
        if len(given) > 1:
            raise TwoAddresses(field="address")


class AllowedAddressForm(StrictSerializer):
    address = AddressField()
    label = TextField(default="")  # type: ignore[assignment]  # fields are taken out of the class
    code = CodeField()


class DepositsQuery(PageQuery):
    status = ChoiceField([one.value for one in DepositStatus], required=False)


class WithdrawalsQuery(StrictSerializer):
    status = ChoiceField([one.value for one in WithdrawalStatus], required=False)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = MomentCursorField(default=None)
