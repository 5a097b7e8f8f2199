"""That operators look at what is known of people stands in the audit trail: who, of whom, when, from where.

Once for each operator and subject in ten minutes. Where it cannot be entered the page is not shown.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from access.deeds import Deed
from access.models import AuditEntry
from access.read_only import NothingIsDeleted
from access.reasons import operator_origin
from access.services import Facts, record_audit

VIEWED = "personal_data.viewed"
ONCE_IN = timedelta(minutes=10)
MAX_TERM = 100

if TYPE_CHECKING:
    Page = NothingIsDeleted
else:  # stands before any of our pages
    Page = object


def note_view(request: HttpRequest, subject: str, action: str = VIEWED, *, seen: Facts | None = None) -> bool:
    """`subject` is "user:7" for a person, "list:access.login" for many. True where it was entered now.

    Another search of the same list is another look at it: `seen` may say {"search": ...}.
    """
    origin, seen = operator_origin(request), dict(seen or {})
    lately = AuditEntry.objects.filter(
        subject=subject, user_id=origin.user_id, action=action, at__gt=timezone.now() - ONCE_IN
    )
    if "search" in seen:
        lately = lately.filter(after__search=seen["search"])
    if lately.exists():
        return False
    record_audit(origin=origin, action=action, subject=subject, after=seen)
    return True


class HoldsPersonalData(Page):
    """Before the page's own base. `person_field` names a row's person; "" where rows are nobody's."""

    person_field = "user_id"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)
        if response.status_code == 200:
            term = request.GET.get("q", "").strip()[:MAX_TERM].replace("\0", "")
            note_view(request, f"list:{self.opts.label_lower}", seen={"search": term})
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if object_id and response.status_code == 200:
            row = self.get_object(request, unquote(object_id))
            if row is not None:
                self._note(request, row)
        return response

    def _rows(self, request: HttpRequest, deed: Deed) -> list[Model]:
        """Of the page of a deed, which shows them, too."""
        rows: list[Model] = super()._rows(request, deed)  # type: ignore[misc]  # a DeedAdmin's
        for row in rows:
            self._note(request, row)
        return rows

    def _note(self, request: HttpRequest, row: Model) -> None:
        person = getattr(row, self.person_field) if self.person_field else None
        page = f"{self.opts.label_lower}:{row.pk}"
        note_view(request, page if person is None else f"user:{person}", seen={"page": page})
