"""Deeds on whole accounts: disable one, let it in again, end its logins. They stand beside the roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model

from access.accounts.disabling import disable_account, enable_account, end_logins_of
from access.deeds import Deed, DeedForm, Doing, Takes
from access.errors import NotFound
from access.read_only import is_number
from access.rights import check_own


class AccountForm(DeedForm):
    account = forms.CharField(max_length=150, help_text="A user name or number.")


def account_named(text: str) -> int:
    """Raises NotFound."""
    term = text.strip()
    found = User.objects.filter(pk=int(term)) if is_number(term) else User.objects.filter(username=term)
    number = found.values_list("pk", flat=True).first()
    if number is None:
        raise NotFound("There is no such user.", field="account")
    return int(number)


class OnAccount(Deed):
    permission = "access.disable_account"
    takes = Takes.NONE
    form = AccountForm
    named_by_links = ("account",)


class Disable(OnAccount):
    name = "disable"
    title = "Disable an account"
    about = (
        "At once nobody speaks for it: its logins end, its API keys are refused, its withdrawals wait. Its "
        "money and its orders stay. An operator's account only by a superuser, nobody's own."
    )

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        number = account_named(doing.values["account"])
        return disable_account(user_id=number, origin=doing.origin, reason=doing.reason)


class Enable(OnAccount):
    name = "enable"
    title = "Let a disabled account in again"
    about = "Its API keys count again, and its withdrawals go on. It logs in anew. An operator's takes two."

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return bool(values) and User.objects.get(pk=account_named(values["account"])).is_staff

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        check_own(account_named(doing.values["account"]), doing.origin)

    def described(self, values: Mapping[str, Any]) -> str:
        return str(User.objects.get(pk=account_named(values["account"])))

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        number = account_named(doing.values["account"])
        return enable_account(user_id=number, origin=doing.origin, reason=doing.reason)


class EndLogins(OnAccount):
    name = "end-logins"
    title = "End all logins of an account"
    about = "Everywhere, at once. Its API keys stay: revoke those by themselves."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        number = account_named(doing.values["account"])
        return end_logins_of(user_id=number, origin=doing.origin, reason=doing.reason)

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        (ended,) = outcomes
        return f"{ended} logins ended.", ""


DEEDS = (Disable(), Enable(), EndLogins())
