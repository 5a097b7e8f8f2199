"""What a client may send about vaults. Sockets take the same forms, with the vault and a key beside them."""

from typing import Any

from access.errors import InvalidType, MissingField, UnknownField
from access.fields import (
    LAST_TIME_MS,
    AmountField,
    BooleanField,
    IntegerField,
    PatternField,
    Schema,
    StrictField,
    TextField,
)
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, MomentCursorField
from access.serializers import StrictSerializer
from custody.errors import InvalidAddress, InvalidPsbt, InvalidXpub
from custody.services.spending.vaults import MAX_PSBT_CHARACTERS
from vaults.errors import InvalidProof, NothingToSave
from vaults.rules.proofs import ProofFault
from vaults.rules.texts import BTC_DECIMALS, RATIO_DECIMALS, USDB_DECIMALS

MAX_ADDRESS = 100
MAX_PROOF = 120
MAX_ACCOUNT_KEY = 300
# The PSBT and the rest of the body; of all other requests 64 KiB are enough.
SIGN_BODY_BYTES = MAX_PSBT_CHARACTERS + 1024
PRICE_DECIMALS = 8


class DollarsField(AmountField):
    def __init__(self, **options: Any) -> None:
        super().__init__(USDB_DECIMALS, **options)


class BitcoinField(AmountField):
    def __init__(self, **options: Any) -> None:
        super().__init__(BTC_DECIMALS, **options)


class RatioField(AmountField):
    """ "1.5" is 150 %. Gives ppm."""

    def __init__(self, **options: Any) -> None:
        super().__init__(RATIO_DECIMALS, **options)


class _BoundedField(StrictField):
    """ASCII text whose meaning the service judges; `refusal` is what is said of other text."""

    maximum: int

    def refusal(self) -> Exception:
        raise NotImplementedError

    def parse(self, value: object) -> str:
        if type(value) is not str:
            raise InvalidType("The value must be a string.")
        if not 1 <= len(value) <= self.maximum or not value.isascii() or not value.isprintable():
            raise self.refusal()
        return value

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.maximum}


class AddressField(_BoundedField):
    maximum = MAX_ADDRESS

    def refusal(self) -> Exception:
        return InvalidAddress(reason="FORMAT")


class AccountKeyField(_BoundedField):
    maximum = MAX_ACCOUNT_KEY

    def refusal(self) -> Exception:
        return InvalidXpub()


class ProofField(_BoundedField):
    maximum = MAX_PROOF

    def refusal(self) -> Exception:
        return InvalidProof(reason=ProofFault.FORMAT.value)


class PsbtField(_BoundedField):
    maximum = MAX_PSBT_CHARACTERS

    def refusal(self) -> Exception:
        return InvalidPsbt()


class IdempotencyKeyField(PatternField):
    """Over a socket, where there are no headers."""

    pattern = "^[A-Za-z0-9_-]{1,64}$"


class OpenForm(StrictSerializer):
    """`key` is the account key with its origin. `proof`: a signature by it of the text that `docs/vaults.md`
    gives, which names `time`, seconds since 1970."""

    key = AccountKeyField()
    proof = ProofField()
    time = IntegerField(0, LAST_TIME_MS // 1000)
    label = TextField(default="")  # type: ignore[assignment]  # fields are taken out of the class


class MintForm(StrictSerializer):
    """Refused where the ratio would be below `min_ratio`, or the debt above `max_debt`."""

    amount = DollarsField()
    min_ratio = RatioField(required=False, allow_null=True)
    max_debt = DollarsField(required=False, allow_null=True)


class RepayForm(StrictSerializer):
    """So much, of which only the debt is taken, or all of it."""

    amount = DollarsField(required=False, allow_null=True)
    all = BooleanField(default=False)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        if values["amount"] is None and not values["all"]:
            raise MissingField("Give an amount, or all.", field="amount")
        if values["amount"] is not None and values["all"]:
            raise UnknownField("All is no amount.", field="amount")


class TakeForm(StrictSerializer):
    """`amount` reaches the address; the network's fee comes out of the vault on top."""

    amount = BitcoinField()
    address = AddressField()
    min_ratio = RatioField(required=False, allow_null=True)


class CloseForm(StrictSerializer):
    """All that is in the vault goes to the address, less the network's fee."""

    address = AddressField()


class SignForm(StrictSerializer):
    psbt = PsbtField()


class SaveForm(StrictSerializer):
    """`deposit` comes out of the funding wallet and needs a `code` of the second factor."""

    repay = DollarsField(required=False, allow_null=True)
    deposit = BitcoinField(required=False, allow_null=True)
    code = TextField(minimum=1, maximum=32, required=False, allow_null=True)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        if values["repay"] is None and values["deposit"] is None:
            raise NothingToSave(field="repay")
        if values["deposit"] is not None and values["code"] is None:
            raise MissingField("A deposit needs a code.", field="code")
        if values["deposit"] is None and values["code"] is not None:
            raise UnknownField("Only a deposit needs a code.", field="code")


class EventsQuery(StrictSerializer):
    """`after`: the version of the last event that is known."""

    after = IntegerField(default=0)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)


class VaultsQuery(StrictSerializer):
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = MomentCursorField(default=None)


class PreviewQuery(StrictSerializer):
    """What would be done, in this order: add, repay, mint, withdraw. `price`: as if it were this one."""

    add = BitcoinField(required=False)
    repay = DollarsField(required=False)
    mint = DollarsField(required=False)
    withdraw = BitcoinField(required=False)
    price = AmountField(PRICE_DECIMALS, required=False)
