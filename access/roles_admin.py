"""Roles in the admin: who is not just a customer, and the deed that sets a role, with a reason."""

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model

from access.deeds import Deed, DeedAdmin, DeedForm, Doing, Takes
from access.errors import NotFound
from access.read_only import ReadOnlyAdmin, is_number
from access.roles import Role, set_role


class RoleForm(DeedForm):
    account = forms.CharField(max_length=150, help_text="A user name or number.")
    role = forms.ChoiceField(choices=Role.choices)


class SetRole(Deed):
    name = "set-role"
    title = "Set the role of an account"
    about = (
        "From its next deed on. KEEPER: may liquidate too. SUSPENDED: opens, mints and withdraws nothing, "
        "may repay and pay in, and is no operator, whatever else it is. CUSTOMER: like everybody."
    )
    permission = "access.set_account_role"
    takes = Takes.NONE
    form = RoleForm

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        number = _account_named(doing.values["account"])
        role = Role(doing.values["role"])
        return set_role(user_id=number, role=role, origin=doing.origin, reason=doing.reason)


def _account_named(text: str) -> int:
    term = text.strip()
    found = User.objects.filter(pk=int(term)) if is_number(term) else User.objects.filter(username=term)
    number = found.values_list("pk", flat=True).first()
    if number is None:
        raise NotFound("There is no such user.", field="account")
    return int(number)


class AccountRoleAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (SetRole(),)
    list_display = ("user", "role", "changed_at")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__id")
    ordering = ("-user_id",)
    sortable_by = ()
