"""Makes who a row belongs to a link to the customer's page, in the list of every model."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from access.cockpit_links import customer_link

_NUMBERS = ("user_id", "account_id", "owner_id")  # where a row knows no more than the number


def with_links(model: type[Model], columns: Sequence[Any]) -> list[Any]:
    """The first column leads to the row itself."""
    return [*columns[:1], *(_linked(model, column) for column in columns[1:])]


def _linked(model: type[Model], column: Any) -> Any:
    if not isinstance(column, str):
        return column
    if column in _NUMBERS:
        return _of_number(column)
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return column
    return _of_person(column) if field.related_model is get_user_model() else column


@cache
def _of_person(name: str) -> Callable[[Any], object]:
    @admin.display(description=name.replace("_", " "))
    def person(row: Any) -> object:
        number = getattr(row, f"{name}_id")
        return None if number is None else customer_link(number, getattr(row, name))

    return person


@cache
def _of_number(name: str) -> Callable[[Any], object]:
    @admin.display(description=name.removesuffix("_id"))
    def number(row: Any) -> object:
        value = getattr(row, name)
        return None if value is None else customer_link(value, value)

    return number
