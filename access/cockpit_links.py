"""Where the operators' home, search and pages of customers lead: the admin's own URLs, and nothing else."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.cockpit import MOST_SHOWN, Work, WorkItem

MOST_COUNTED = 1_000  # of what waits: whoever has more of it does not need to know how much more
MINUTE, HOUR, DAY = 60, 3_600, 86_400

Row = TypeVar("Row", bound=Model)


def row_url(row: Model) -> str:
    return reverse(f"admin:{_name(type(row))}_change", args=[row.pk])


def list_url(model: type[Model], **filters: object) -> str:
    return _with(reverse(f"admin:{_name(model)}_changelist"), filters)


def deed_url(model: type[Model], deed: str, row: Model | None = None, **values: object) -> str:
    """Of a deed by its name; `values` stand in its form when it is opened."""
    chosen: dict[str, object] = {} if row is None else {"ids": row.pk}
    return _with(reverse(f"admin:{_name(model)}_deed", args=[deed]), {**chosen, **values})


def customer_url(user_id: int) -> str:
    return f"{reverse('admin:index')}customers/{user_id}/"


def link(url: str, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


def row_link(row: Model, text: object = "") -> SafeString:
    return link(row_url(row), text or row)


def customer_link(user_id: int, name: object) -> SafeString:
    return link(customer_url(user_id), name)


def work_of(rows: QuerySet[Row], item: Callable[[Row], WorkItem]) -> Work:
    """The first MOST_SHOWN of ordered rows, and how many there are, up to a bound."""
    items = [item(row) for row in rows[:MOST_SHOWN]]
    return Work(items, len(items) if len(items) < MOST_SHOWN else counted(rows))


def counted(rows: QuerySet[Row]) -> int:
    return rows.order_by().values("pk")[:MOST_COUNTED].count()


def can_name(term: str, longest: int) -> bool:
    """Whether the words of a search can be asked for at all, as a name of so many characters."""
    return 0 < len(term) <= longest and term.isprintable()


def age_text(seconds: int) -> str:
    """As somebody would say it: "40 seconds", "26 hours", "12 days"."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= 2 * unit or (seconds >= unit and unit == MINUTE):
            return _plural(seconds // unit, name)
    return _plural(max(seconds, 0), "second")


def ago(moment: datetime, now: datetime | None = None) -> str:
    return age_text(int(((now or timezone.now()) - moment).total_seconds()))


def minute(moment: datetime | None) -> str:
    """UTC; "-" for none."""
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _plural(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _name(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _with(url: str, filters: dict[str, object]) -> str:
    return f"{url}?{urlencode(filters)}" if filters else url
