"""Puts Unfold's looks on the fields of a form that is no model's: a deed's, the door's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, RADIO_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES


def dress(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        looks = " ".join(_classes(field.widget))
        if looks:
            given = field.widget.attrs.get("class", "")
            field.widget.attrs["class"] = f"{given} {looks}".strip()


def _classes(widget: forms.Widget) -> list[str]:
    match widget:
        case forms.HiddenInput() | forms.MultipleHiddenInput():
            return []
        case forms.CheckboxSelectMultiple() | forms.CheckboxInput():
            return list(CHECKBOX_CLASSES)
        case forms.RadioSelect():
            return list(RADIO_CLASSES)
        case forms.Select():
            return list(SELECT_CLASSES)
        case forms.Textarea():
            return list(TEXTAREA_CLASSES)
        case _:
            return list(INPUT_CLASSES)


def beside_present(
    form: forms.BaseForm, present: Mapping[str, object]
) -> list[tuple[forms.BoundField, str, str]]:
    """Each visible field with what is so now: in words for people, and as the field itself would send it."""
    return [
        (field, _in_words(field.field, present[field.name]), _as_sent(present[field.name]))
        if field.name in present
        else (field, "", "")
        for field in form.visible_fields()
    ]


def _in_words(field: Any, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    choices = dict(getattr(field, "choices", ()))
    words = choices.get(value, choices.get(str(value), value))
    return str(words) if words not in (None, "") else "nothing"


def _as_sent(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_sent, value))
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else str(value)
