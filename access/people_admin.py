"""People and groups in the admin: read by operators; what they may do is changed by deeds, of others only.

Nobody sets a password here: its owner does, by a link, or an operator by `manage.py operator`.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.forms import UserCreationForm

from access.deeds import Deed, DeedAdmin, DeedForm, Doing
from access.reasons import AuditedAdmin, ReasonedForm, reason_field
from access.rights import (
    Rights,
    ask_address,
    change_group,
    change_rights,
    check_own,
    gives_more,
    names_of,
    rights_of,
)
from access.views_of_people import HoldsPersonalData

MAY_CHANGE = "access.change_rights"


class ReasonedNewUserForm(UserCreationForm):  # type: ignore[misc]  # it has no types
    reason = reason_field()


class RightsForm(DeedForm):
    is_active = forms.BooleanField(required=False, label="May log in")
    is_staff = forms.BooleanField(required=False, label="Is an operator")
    is_superuser = forms.BooleanField(required=False, label="May do everything (superuser)")
    groups = forms.ModelMultipleChoiceField(Group.objects.order_by("name"), required=False)


class ChangeRights(Deed):
    name = "rights"
    title = "Change what this person may do"
    about = (
        "Giving more takes two operators, neither of whom is this person. Taking away takes one. All "
        "operators are told, and the person's login at the admin ends."
    )
    permission = MAY_CHANGE
    form = RightsForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return {} if row is None else _shown(rights_of(_person(row)))

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return bool(values) and gives_more(rights_of(_person(row)), _rights(values))

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        check_own(_person(row).pk, doing.origin)

    def facts(self, row: Model) -> list[tuple[str, object]]:
        now = rights_of(_person(row))
        groups = Group.objects.filter(pk__in=now.groups).order_by("name")
        return [
            ("may log in", now.is_active),
            ("is an operator", now.is_staff),
            ("is superuser", now.is_superuser),
            ("groups", ", ".join(group.name for group in groups) or "none"),
        ]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        rights = _rights(doing.values)
        return change_rights(user_id=_person(row).pk, rights=rights, origin=doing.origin, reason=doing.reason)


class AddressForm(DeedForm):
    email = forms.EmailField(max_length=254, label="The new address")


class ChangeAddress(Deed):
    name = "address"
    title = "Change the mail address"
    about = (
        "For who cannot open the old one any more. Make sure who asks: whoever reads the new one can set a "
        "new password. It takes two operators; then a link goes to the new address, and the old one is told."
    )
    permission = "access.change_address"
    form = AddressForm

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return True

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        check_own(_person(row).pk, doing.origin)

    def facts(self, row: Model) -> list[tuple[str, object]]:
        return [("address now", _person(row).email or "none"), ("since", _person(row).date_joined)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return ask_address(
            user_id=_person(row).pk,
            email=doing.values["email"],
            origin=doing.origin,
            reason=doing.reason,
            now=timezone.now(),
        )


class OperatorUserAdmin(HoldsPersonalData, DeedAdmin, AuditedAdmin, UserAdmin):  # type: ignore[type-arg]
    deeds = (ChangeRights(), ChangeAddress())
    change_form_outer_before_template = "admin/person_buttons.html"
    person_field = "pk"
    add_form = ReasonedNewUserForm
    list_display = ("id", "username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("=id", "username__istartswith", "=email")
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "email", "first_name", "last_name")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Since", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (*UserAdmin.add_fieldsets, (None, {"fields": ("reason",)}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Of somebody who may do nothing yet."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and self.has_add_permission(request)


class PermissionsForm(DeedForm):
    permissions = forms.ModelMultipleChoiceField(
        Permission.objects.select_related("content_type").order_by("content_type__app_label", "codename"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 24}),
    )


class ChangePermissions(Deed):
    name = "permissions"
    title = "Change what this group may do"
    about = "Giving it more takes two operators, taking away takes one. All operators are told."
    permission = MAY_CHANGE
    form = PermissionsForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return {} if row is None else {"permissions": list(_group(row).permissions.all())}

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        if not values:
            return False
        has = set(_group(row).permissions.values_list("pk", flat=True))
        return not {one.pk for one in values["permissions"]} <= has

    def facts(self, row: Model) -> list[tuple[str, object]]:
        group = _group(row)
        held = group.permissions.values_list("pk", flat=True)
        return [("members", group.user_set.count()), ("permissions now", ", ".join(names_of(held)) or "none")]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        chosen = [one.pk for one in doing.values["permissions"]]
        return change_group(
            group_id=_group(row).pk, permissions=chosen, origin=doing.origin, reason=doing.reason
        )


class NewGroupForm(ReasonedForm):
    class Meta:
        model = Group
        fields = ("name",)


class OperatorGroupAdmin(DeedAdmin, AuditedAdmin, GroupAdmin):
    """A new group may do nothing yet."""

    deeds = (ChangePermissions(),)
    list_display = ("name",)
    form = NewGroupForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "reason") if obj is None else ("name", "permissions")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and self.has_add_permission(request)


ADMINS = {User: OperatorUserAdmin, Group: OperatorGroupAdmin}


def _person(row: Model | None) -> User:
    assert isinstance(row, User)
    return row


def _group(row: Model | None) -> Group:
    assert isinstance(row, Group)
    return row


def _rights(values: Mapping[str, Any]) -> Rights:
    groups = frozenset(group.pk for group in values["groups"])
    return Rights(values["is_active"], values["is_staff"], values["is_superuser"], groups)


def _shown(rights: Rights) -> Mapping[str, object]:
    return {
        "is_active": rights.is_active,
        "is_staff": rights.is_staff,
        "is_superuser": rights.is_superuser,
        "groups": list(Group.objects.filter(pk__in=rights.groups)),
    }
