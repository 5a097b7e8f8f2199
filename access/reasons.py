"""What every change by an operator has: a reason, and an entry of the audit trail that says it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from access.read_only import NothingIsDeleted
from access.services import Facts, Origin, record_audit
from logs.context import current_request_id

MAX_REASON = 300
_SECRET = ("password", "password1", "password2", "usable_password", "reason")


def reason_field(help_text: str = "Why. It stands in the audit trail for ever.") -> forms.CharField:
    return forms.CharField(
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=help_text,
    )


def operator_origin(request: HttpRequest) -> Origin:
    return Origin(
        user_id=request.user.pk,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:256],
        request_id=current_request_id(),
    )


class ReasonedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    reason = reason_field()


class AuditedAdmin(NothingIsDeleted):
    """A page on which operators change rows, each time with a reason."""

    form = ReasonedForm
    change_form_after_template = "admin/changes.html"

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = [name for name in form.changed_data if name not in _SECRET]
        record_audit(
            origin=operator_origin(request),
            action=f"{obj._meta.model_name}.{'changed' if change else 'added'}",
            subject=f"{obj._meta.model_name}:{obj.pk}",
            before=_facts({name: form.initial.get(name) for name in changed}) if change else None,
            after={
                **_facts({name: form.cleaned_data.get(name) for name in changed}),
                "reason": form.cleaned_data["reason"],
            },
        )


def _facts(values: Mapping[str, object]) -> Facts:
    return {name: _fact(value) for name, value in values.items()}


def _fact(value: object) -> str | int | bool | list[str] | None:
    if isinstance(value, QuerySet | list | set):
        return sorted(str(one) for one in value)
    return value if isinstance(value, bool | int) or value is None else str(value)
