"""What operators ask of engines about one account: its fee tier, and that its orders are canceled."""

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model

from access.deeds import Deed, DeedForm, Doing, Takes
from access.errors import NotFound
from access.read_only import is_number
from access.services import record_audit
from exchange.admin.asking import EngineDeed
from exchange.engine.types import MAX_FEE_TIER
from exchange.models import EngineRequest, Market, Shard
from exchange.services.requests import request_account_tier, request_cancel_all


def account_named(text: str) -> int:
    """By number or user name. Raises NotFound."""
    term = text.strip()
    found = User.objects.filter(pk=int(term)) if is_number(term) else User.objects.filter(username=term)
    number = found.values_list("pk", flat=True).first()
    if number is None:
        raise NotFound("There is no such user.", field="account")
    return int(number)


def _shards() -> list[int]:
    return list(Shard.objects.order_by("number").values_list("number", flat=True))


class AccountDeed(EngineDeed):
    named_by_links = ("account",)

    takes = Takes.NONE

    def subject(self, row: Model | None, doing: Doing) -> str:
        return f"account:{account_named(doing.values['account'])}"


class AccountTierForm(DeedForm):
    account = forms.CharField(max_length=150, help_text="A user name or number.")
    tier = forms.IntegerField(
        min_value=0, max_value=MAX_FEE_TIER, help_text="0: none, the market's own rates."
    )
    pinned = forms.BooleanField(
        required=False, initial=True, help_text="The review of tiers by volume leaves it alone from now on."
    )


class SetAccountTier(AccountDeed):
    name = "account-tier"
    title = "Set the fee tier of an account"
    about = "In every shard, from the account's next order on."
    permission = "exchange.request_account_tier"
    form = AccountTierForm

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        account = account_named(doing.values["account"])
        return [
            request_account_tier(
                shard=shard,
                account=account,
                tier=doing.values["tier"],
                pinned=doing.values["pinned"],
                reason=doing.reason,
                requested_by=doing.operator_id,
                # `pinned` is no part of the command: sent again with the other choice, the page asks anew.
                command_id=doing.command_id(f"{shard}:{doing.values['pinned']}"),
            )
            for shard in _shards()
        ]


class CancelOfAccountForm(DeedForm):
    account = forms.CharField(max_length=150, help_text="A user name or number.")
    market = forms.ModelChoiceField(
        Market.objects.order_by("symbol"), required=False, empty_label="all markets"
    )


class CancelAllOfAccount(AccountDeed):
    name = "cancel-of-account"
    title = "Cancel all orders of an account"
    permission = "exchange.request_cancel_all"
    form = CancelOfAccountForm

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        account = account_named(doing.values["account"])
        market: Market | None = doing.values["market"]
        return [
            request_cancel_all(
                shard=shard,
                account=account,
                market=market.symbol if market else "",
                reason=doing.reason,
                requested_by=doing.operator_id,
                command_id=doing.command_id(shard),
            )
            for shard in ([market.shard_id] if market else _shards())
        ]


class TakeAway(Deed):
    """Rows that are an operator's own setting, and that end by being taken away."""

    takes = Takes.MANY

    def __init__(self, *, name: str, title: str, about: str, permission: str) -> None:
        self.name, self.title, self.about, self.permission = name, title, about, permission

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert row is not None
        model = row._meta.model_name
        record_audit(
            origin=doing.origin,
            action=f"{model}.removed",
            subject=f"{model}:{row.pk}",
            before={"was": str(row)},
            after={"reason": doing.reason},
        )
        return row.delete()
