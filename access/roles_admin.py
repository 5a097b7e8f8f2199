"""Roles in the admin: who is not just a customer, and the deed that sets a role, with a reason."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model

from access.deeds import Deed, DeedAdmin, Doing, Takes
from access.disabling_admin import DEEDS as ON_ACCOUNTS
from access.disabling_admin import AccountForm, account_named
from access.read_only import ReadOnlyAdmin
from access.rights import check_own
from access.roles import Role, role_of, set_role
from access.views_of_people import HoldsPersonalData


class RoleForm(AccountForm):
    role = forms.ChoiceField(choices=Role.choices)


class SetRole(Deed):
    name = "set-role"
    title = "Set the role of an account"
    about = (
        "From its next deed on. KEEPER: may liquidate too. SUSPENDED: opens, mints and withdraws nothing, "
        "may repay and pay in, and is no operator, whatever else it is. CUSTOMER: like everybody. A "
        "suspended operator is let in again by two."
    )
    permission = "access.set_account_role"
    takes = Takes.NONE
    form = RoleForm
    named_by_links = ("account",)

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        if not values or Role(values["role"]) is Role.SUSPENDED:
            return False
        number = account_named(values["account"])
        return role_of(number) is Role.SUSPENDED and User.objects.get(pk=number).is_staff

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        check_own(account_named(doing.values["account"]), doing.origin)

    def described(self, values: Mapping[str, Any]) -> str:
        return str(User.objects.get(pk=account_named(values["account"])))

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        number = account_named(doing.values["account"])
        role = Role(doing.values["role"])
        return set_role(user_id=number, role=role, origin=doing.origin, reason=doing.reason)


class AccountRoleAdmin(HoldsPersonalData, DeedAdmin, ReadOnlyAdmin):
    deeds = (SetRole(), *ON_ACCOUNTS)
    list_display = ("user", "role", "changed_at")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__id")
    ordering = ("-user_id",)
    sortable_by = ()
