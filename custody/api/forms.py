"""What a client may send about bitcoin."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from access.errors import InvalidCursor, InvalidType, MissingField
from access.fields import AmountField, AssetField, ChoiceField, IntegerField, StrictField, TextField
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery
from access.serializers import StrictSerializer
from custody.errors import InvalidAddress, TwoAddresses
from custody.rules.statuses import DepositStatus, WithdrawalStatus
from custody.rules.withdrawals import BTC_DECIMALS

MAX_ADDRESS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES, _ID_BYTES = 8, 16
_LAST_US = 4_102_444_800_000_000  # the year 2100


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


class MomentCursorField(StrictField):
    """Gives the time and the id of the row that the last page ended with."""

    def parse(self, value: object) -> tuple[datetime, UUID]:
        try:
            raw = base64.urlsafe_b64decode(f"{value}".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        microseconds = int.from_bytes(raw[:_TIME_BYTES], "big")
        if len(raw) != _TIME_BYTES + _ID_BYTES or microseconds > _LAST_US:
            raise InvalidCursor
        found = _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw[_TIME_BYTES:])
        if moment_cursor(*found) != value:
            raise InvalidCursor
        return found


def moment_cursor(at: datetime, row: UUID) -> str:
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(microseconds.to_bytes(_TIME_BYTES, "big") + row.bytes).decode("ascii")


class WithdrawalsQuery(StrictSerializer):
    status = ChoiceField([one.value for one in WithdrawalStatus], required=False)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = MomentCursorField(default=None)
