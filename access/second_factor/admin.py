"""Second factors in the admin, without secrets and codes, and what operators do for who has lost one."""

from django.contrib import admin
from django.db.models import Model
from django.utils import timezone

from access.deeds import Deed, DeedAdmin, Doing, Takes
from access.models import TotpDevice
from access.read_only import ReadOnlyAdmin
from access.second_factor.enrolling import remove_second_factor_of


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

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, TotpDevice)
        return [("user", row.user), ("since", row.confirmed_at), ("locked until", row.locked_until)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, TotpDevice)
        return remove_second_factor_of(
            user_id=row.user_id, now=timezone.now(), origin=doing.origin, reason=doing.reason
        )


class SecondFactorAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (RemoveSecondFactor(),)
    list_display = ("user", "confirmed_at", "failures", "locked_until")
    list_filter = (("confirmed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__id")
    exclude = ("encrypted_secret", "pending_secret")
    ordering = ("-user_id",)
    sortable_by = ()
