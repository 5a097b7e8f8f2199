"""Second factors in the admin, without secrets and codes, and what operators do for who has lost one."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model

from access.deeds import Deed, DeedAdmin, Doing, Takes
from access.models import TotpDevice
from access.operators import forget_second_factor
from access.read_only import ReadOnlyAdmin
from access.second_factor.errors import OwnSecondFactor
from access.views_of_people import HoldsPersonalData


class RemoveSecondFactor(Deed):
    name = "remove"
    title = "Remove the second factor"
    about = (
        "For somebody who has lost it and the recovery codes. Make sure who asks. Nothing is withdrawn until "
        "there is another one, and for a day after each change."
    )
    permission = "access.remove_second_factor"
    takes = Takes.ONE

    def suits(self, row: Model) -> bool:
        assert isinstance(row, TotpDevice)
        return row.confirmed_at is not None

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return True

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        assert isinstance(row, TotpDevice)
        if row.user_id == doing.operator_id:
            raise OwnSecondFactor

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, TotpDevice)
        return [("user", row.user), ("since", row.confirmed_at), ("locked until", row.locked_until)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, TotpDevice)
        return forget_second_factor(user_id=row.user_id, origin=doing.origin, reason=doing.reason)


class SecondFactorAdmin(HoldsPersonalData, DeedAdmin, ReadOnlyAdmin):
    deeds = (RemoveSecondFactor(),)
    list_display = ("user", "confirmed_at", "failures", "locked_until")
    list_filter = (("confirmed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__id")
    exclude = ("encrypted_secret", "pending_secret")
    ordering = ("-user_id",)
    sortable_by = ()
