"""Deeds: what an operator can do beyond reading, each on a page of its own that asks for a reason.

A deed knows its permission, its form and how it is carried out by a service; here is the page, and that
everything a page asks for happens in one transaction, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Model, UUIDField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from access.errors import DomainError
from access.form_looks import beside_present, dress
from access.read_only import NothingIsDeleted, is_number
from access.reasons import operator_origin, reason_field
from access.second_person import PARAMETER, TAKES_TWO, Shown, propose_deed, second_view
from access.services import Origin

MAX_ROWS = 50
NAMESPACE = UUID("6ae3f1a2-6c62-4c55-9d4a-4a1f5f1f0b11")


class Takes(StrEnum):
    """What a deed is done to: one row, rows that were chosen in the list, or what its form names."""

    ONE = "one"
    MANY = "many"
    NONE = "none"


class DeedForm(forms.Form):
    """`token` makes a page that is sent twice count once."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    reason = reason_field()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])
        dress(self)


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what, why, and with which values of the deed's own fields."""

    deed: str
    origin: Origin
    reason: str
    token: UUID
    values: Mapping[str, Any]

    @property
    def operator_id(self) -> int:
        assert self.origin.user_id is not None
        return self.origin.user_id

    def command_id(self, what: object) -> UUID:
        """The same for the same row of the same page, however often it is sent."""
        return uuid5(NAMESPACE, f"{self.token}:{self.deed}:{what}")


class Deed:
    name = ""
    title = ""
    about = ""
    permission = ""
    takes = Takes.ONE
    form: type[DeedForm] = DeedForm
    named_by_links: Sequence[str] = ()  # fields that whoever links to the page may fill in: whom it is about

    def suits(self, row: Model) -> bool:
        """Whether it is offered for this row. Its service refuses all the same what cannot be."""
        return True

    def initial(self, row: Model | None) -> Mapping[str, object]:
        """The present values, for the form."""
        return {}

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        """What is so now, shown beside the form."""
        return ()

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        """Whether another operator has to agree first. `values` is empty while the form is not filled in. Not
        for what takes MANY."""
        return False

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        """Refuse what need not be proposed. Raises DomainError."""

    def described(self, values: Mapping[str, Any]) -> str:
        """What it is done to, where that is no row."""
        return self.title

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        """Inside a transaction. Gives what `done` wants of it. Raises DomainError."""
        raise NotImplementedError

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        """(what to say, where to go; "" is back to the list)."""
        return f"{self.title}: done.", ""


class DeedAdmin(NothingIsDeleted):
    deeds: Sequence[Deed] = ()
    change_form_outer_before_template = "admin/deed_buttons.html"
    list_before_template = "admin/deed_buttons.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.deed_view)
        return [path("deeds/<slug:name>/", view, name=self._url_name("deed")), *super().get_urls()]

    def _url_name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def deed_url(self, deed: Deed, ids: Sequence[object] = ()) -> str:
        url = reverse(f"admin:{self._url_name('deed')}", args=[deed.name])
        return f"{url}?ids={','.join(map(str, ids))}" if ids else url

    def _open_to(self, request: HttpRequest, *takes: Takes) -> list[Deed]:
        return [deed for deed in self.deeds if deed.takes in takes and request.user.has_perm(deed.permission)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {
            deed.name: (_chosen(deed), deed.name, f"{deed.title} …")
            for deed in self._open_to(request, Takes.MANY)
        }

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        offered = self._open_to(request, Takes.NONE)
        context = {"deeds": [(deed.title, self.deed_url(deed)) for deed in offered]}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = self.get_object(request, unquote(object_id)) if object_id else None
        offered = [] if row is None else self._open_to(request, Takes.ONE, Takes.MANY)
        offered = [deed for deed in offered if row is not None and deed.suits(row)]
        context = {"deeds": [(deed.title, self.deed_url(deed, [object_id])) for deed in offered]}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def deed_view(self, request: HttpRequest, name: str) -> HttpResponse:
        deed = next((deed for deed in self.deeds if deed.name == name), None)
        if deed is None:
            raise Http404
        if not self.has_view_permission(request) or not request.user.has_perm(deed.permission):
            raise PermissionDenied
        rows = self._rows(request, deed)
        if PARAMETER in request.GET:
            return second_view(self, request, deed, rows)
        if request.method == "POST":
            form = deed.form(request.POST)
            if form.is_valid():
                answer = self._carry_out(request, deed, rows, form)
                if answer is not None:
                    return answer
        else:
            asked = {name: request.GET[name] for name in deed.named_by_links if name in request.GET}
            form = deed.form(initial={**deed.initial(rows[0] if rows else None), **asked, "token": uuid4()})
        return self._page(request, deed, rows, form)

    def _rows(self, request: HttpRequest, deed: Deed) -> list[Model]:
        if deed.takes is Takes.NONE:
            return []
        ids = [part for part in request.GET.get("ids", "").split(",") if part][: MAX_ROWS + 1]
        if not ids or len(ids) > (1 if deed.takes is Takes.ONE else MAX_ROWS):
            raise Http404
        if not all(self._is_key(part) for part in ids):
            raise Http404
        rows = list(self.get_queryset(request).filter(pk__in=ids).order_by("pk"))
        if len(rows) != len(set(ids)):
            raise Http404
        return rows

    def _is_key(self, part: str) -> bool:
        """Whether a row can have it: a number, or the UUID or the word of a table that has those."""
        if isinstance(self.opts.pk, CharField):
            return part.isascii() and part.isidentifier() and len(part) <= (self.opts.pk.max_length or 0)
        if not isinstance(self.opts.pk, UUIDField):
            return is_number(part)
        try:
            return str(UUID(part)) == part
        except ValueError:
            return False

    def _carry_out(
        self, request: HttpRequest, deed: Deed, rows: Sequence[Model], form: DeedForm
    ) -> HttpResponse | None:
        doing = self.doing(deed, request, form)
        row = rows[0] if rows else None
        try:
            if deed.needs_two(row, doing.values):
                assert deed.takes is not Takes.MANY
                return propose_deed(self, request, deed, row, form)
            outcomes = self.carried_out(deed, rows, doing)
        except DomainError as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, f"{error.code}: {error.message}")
            return None
        said, where = deed.done(outcomes)
        messages.success(request, said)
        return HttpResponseRedirect(where or self.list_url())

    def doing(self, deed: Deed, request: HttpRequest, form: forms.Form) -> Doing:
        values = dict(form.cleaned_data)
        reason, token = values.pop("reason"), values.pop("token")
        return Doing(deed.name, operator_origin(request), reason, token, values)

    @transaction.atomic
    def carried_out(self, deed: Deed, rows: Sequence[Model], doing: Doing) -> list[object]:
        """All of it or nothing. Raises DomainError."""
        done_to: Sequence[Model | None] = rows or [None]
        return [deed.carry_out(row, doing) for row in done_to]

    def list_url(self) -> str:
        return reverse(f"admin:{self._url_name('changelist')}")

    def second_page(
        self, request: HttpRequest, deed: Deed, rows: Sequence[Model], form: forms.Form, told: Shown
    ) -> TemplateResponse:
        """For the second of two: what the first one wants, then what is so now."""
        page = self._page(request, deed, rows, form, [told], {})
        assert page.context_data is not None
        page.context_data["title"] = f"Approve: {deed.title}"
        return page

    def _page(
        self,
        request: HttpRequest,
        deed: Deed,
        rows: Sequence[Model],
        form: forms.Form,
        above: Sequence[Shown] = (),
        present: Mapping[str, object] | None = None,
    ) -> TemplateResponse:
        row = rows[0] if rows else None
        if not above and deed.needs_two(row, {}):
            above = [TAKES_TWO]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": deed.title,
            "deed": deed,
            "form": form,
            "fields": beside_present(form, deed.initial(row) if present is None else present),
            "rows": [*above, *((one, deed.facts(one)) for one in rows)],
            "back": self._back(deed, rows),
        }
        return TemplateResponse(request, "admin/deed.html", context)

    def _back(self, deed: Deed, rows: Sequence[Model]) -> str:
        if len(rows) == 1:
            return reverse(f"admin:{self._url_name('change')}", args=[rows[0].pk])
        return self.list_url()


def _chosen(deed: Deed) -> Any:
    def choose(page: DeedAdmin, request: HttpRequest, rows: Any) -> HttpResponse | None:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MAX_ROWS + 1])
        if len(ids) > MAX_ROWS:
            messages.error(request, f"At most {MAX_ROWS} rows at once.")
            return None
        return HttpResponseRedirect(page.deed_url(deed, ids))

    return choose
