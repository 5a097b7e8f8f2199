"""Admin pages for what operators read and nobody changes, cheap however long the table is.

Rows are listed by primary key and never all counted; a search knows which index it goes through.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import JSONField, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from access.customer_columns import with_links

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    RowPaginator = Paginator[Any]
else:  # generic for the type checker only
    ModelAdmin = UnfoldModelAdmin
    RowPaginator = Paginator

MAX_COUNTED = 5_000
_STYLE = re.compile(r'(?<=<span) style="[^"]*"|(?<=<pre) style="[^"]*"')  # in texts < is escaped


class BoundedPaginator(RowPaginator):
    """Counts up to MAX_COUNTED rows and gives pages of no more: who looks for older ones searches."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        return rows.order_by().values("pk")[:MAX_COUNTED].count()


class NothingIsDeleted(ModelAdmin):
    """The base of all our pages: no row is deleted from the admin."""

    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count every row, once for each choice
    list_per_page = 50
    list_max_show_all = 0
    list_fullwidth = True  # tables of amounts and hashes are wide

    @cached_property
    def readonly_preprocess_fields(self) -> dict[str, Callable[[str], str]]:
        """Unfold colors JSON by styles in the page, which our policy forbids: each would be a complaint."""
        fields = self.model._meta.concrete_fields
        return {field.name: _without_styles for field in fields if isinstance(field, JSONField)}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return with_links(self.model, columns) if request.user.has_perm("auth.view_user") else columns


class ReadOnlyAdmin(NothingIsDeleted):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LongTableAdmin(ReadOnlyAdmin):
    """Of a table with millions of rows: the newest first, found by what `matching` knows."""

    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("pk",)  # so that there is a search; `matching` says what it means

    def matching(self, term: str) -> Q | None:
        """Rows that the words mean, through an index; None where they mean none."""
        return Q(pk=int(term)) if is_number(term) else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = self.matching(term)
        return (queryset.none() if found is None else queryset.filter(found)), False


def _without_styles(markup: str) -> str:
    return mark_safe(_STYLE.sub("", markup))  # noqa: S308


def is_number(term: str) -> bool:
    """Whether it can be a key of 64 bits."""
    return term.isascii() and term.isdecimal() and len(term) <= 18


def as_uuid(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None
