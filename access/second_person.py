"""The pages of deeds that take two: the first operator's confirm makes a proposal, the second one sees the
same facts and what was asked for, and confirms it. What happens then is the deed's own.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.apps import apps
from django.contrib import messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from access.errors import DomainError
from access.form_looks import dress
from access.models import OperatorProposal
from access.proposal_errors import FactsChanged, ProposalIsGone
from access.proposals import Wanted, approve, propose
from access.read_only import is_number
from access.reasons import operator_origin, reason_field

PARAMETER = "proposal"
Shown = tuple[str, Sequence[tuple[str, object]]]
_HIDDEN = "initial-"  # what a form knew before it was changed
_OF_THE_PAGE = ("csrfmiddlewaretoken", "token", "reason")
TAKES_TWO: Shown = (
    "This takes two operators",
    [("what you confirm", "is a proposal. Another operator with the same permission decides within a day.")],
)


class SecondForm(forms.Form):
    """`seen` is what the page showed: whoever confirms has read what is so now."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = reason_field()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        dress(self)


def decide_url(proposal: OperatorProposal) -> str:
    """Where a second operator sees it whole; "" where the page exists no more."""
    try:
        options = apps.get_model(proposal.page)._meta
    except (LookupError, ValueError):
        return ""
    url = reverse(f"admin:{options.app_label}_{options.model_name}_deed", args=[proposal.deed])
    ids = f"ids={proposal.subject}&" if proposal.subject else ""
    return f"{url}?{ids}{PARAMETER}={proposal.pk}"


def propose_deed(
    page: Any, request: HttpRequest, deed: Any, row: Model | None, form: forms.Form
) -> HttpResponse:
    """Instead of carrying it out. Raises DomainError."""
    wanted = Wanted(
        page=page.opts.label_lower,
        deed=deed.name,
        subject="" if row is None else str(row.pk),
        title=deed.title,
        about=str(row) if row is not None else deed.described(form.cleaned_data),
        permission=deed.permission,
        arguments=_arguments(request.POST),
        facts=_facts(deed, row),
    )
    origin, reason = operator_origin(request), form.cleaned_data["reason"]
    with transaction.atomic():
        deed.check_proposal(row, page.doing(deed, request, form))
        propose(
            wanted=wanted,
            token=form.cleaned_data["token"],
            origin=origin,
            reason=reason,
            now=timezone.now(),
        )
    messages.success(request, f"{deed.title}: proposed. Another operator decides within a day.")
    return HttpResponseRedirect(page.list_url())


def second_view(page: Any, request: HttpRequest, deed: Any, rows: Sequence[Model]) -> HttpResponse:
    """The page of who decides. The caller has judged his permission for the deed."""
    proposal = _proposal(page, request, deed)
    row = rows[0] if rows else None
    if (proposal.subject or None) != (None if row is None else str(row.pk)):
        raise Http404
    seen = _digest([*_facts(deed, row), *proposal.arguments.items()])
    if request.method == "POST":
        form = SecondForm(request.POST)
        if form.is_valid():
            answer = _decided(page, request, deed, rows, proposal, form, seen)
            if answer is not None:
                return answer
        form.data = {**form.data.dict(), "seen": seen}  # type: ignore[attr-defined]  # a QueryDict here
    else:
        form = SecondForm(initial={"token": uuid4(), "seen": seen})
    asked = _asked(proposal, deed.form(_sent(proposal)), deed.initial(row))
    told = _told(proposal, asked, _facts(deed, row))
    page_shown: HttpResponse = page.second_page(request, deed, rows, form, told)
    return page_shown


def _decided(
    page: Any,
    request: HttpRequest,
    deed: Any,
    rows: Sequence[Model],
    proposal: OperatorProposal,
    form: SecondForm,
    seen: str,
) -> HttpResponse | None:
    try:
        if form.cleaned_data["seen"] != seen:
            raise FactsChanged
        wanted = deed.form(_sent(proposal))
        if not wanted.is_valid():
            name, problems = next(iter(wanted.errors.items()))
            raise FactsChanged(f"It cannot be carried out as it was proposed: {name}: {problems[0]}")
        origin = operator_origin(request)
        outcomes = approve(
            proposal_id=proposal.pk,
            origin=origin,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            carry_out=lambda one: page.carried_out(deed, rows, page.doing(deed, request, wanted)),
        )
    except DomainError as error:
        form.add_error(None, f"{error.code}: {error.message}")
        return None
    said, where = deed.done(outcomes)
    messages.success(request, said)
    return HttpResponseRedirect(where or page.list_url())


def _proposal(page: Any, request: HttpRequest, deed: Any) -> OperatorProposal:
    number = request.GET.get(PARAMETER, "")
    found = OperatorProposal.objects.select_related("operator").filter(
        pk=int(number) if is_number(number) else 0, page=page.opts.label_lower, deed=deed.name
    )
    proposal = found.first()
    if proposal is None:
        raise Http404(ProposalIsGone.default_message)
    return proposal


def _told(
    proposal: OperatorProposal, asked: Sequence[tuple[str, object]], now: Sequence[tuple[str, str]]
) -> Shown:
    facts: list[tuple[str, object]] = [
        ("of", proposal.about),
        ("by", proposal.operator),
        ("because", proposal.reason),
        ("at", f"{proposal.created_at:%Y-%m-%d %H:%M} UTC"),
        ("until", f"{proposal.expires_at:%Y-%m-%d %H:%M} UTC"),
        ("state", proposal.get_status_display()),
    ]
    changed = [(name, value) for name, value in proposal.facts if (name, value) not in now]
    then = [(f"{name}, when proposed: ANOTHER NOW", value) for name, value in changed]
    return str(proposal), [*facts, *asked, *then]


def _asked(
    proposal: OperatorProposal, wanted: forms.Form, present: Mapping[str, object]
) -> list[tuple[str, object]]:
    """What was sent, as a person reads it: rows by their names and against those of now, since nobody knows
    them by number, and a box that was left empty, which no browser sends."""
    wanted.is_valid()
    asked: list[tuple[str, object]] = []
    for name, values in proposal.arguments.items():
        chosen = wanted.cleaned_data.get(name) if name in wanted.fields else None
        if isinstance(chosen, QuerySet):
            asked += _against(name, set(chosen), set(cast(Iterable[Model], present.get(name, ()))))
        elif not name.startswith(_HIDDEN):
            asked += [(name.replace("_", " "), value) for value in values]
    for name, field in wanted.fields.items():
        if name not in proposal.arguments and isinstance(field, forms.BooleanField):
            asked.append((name.replace("_", " "), "no"))
        if name not in proposal.arguments and isinstance(field, forms.ModelMultipleChoiceField):
            asked += _against(name, set(), set(cast(Iterable[Model], present.get(name, ()))))
    return asked


def _against(name: str, chosen: set[Model], now: set[Model]) -> list[tuple[str, object]]:
    gives = [(f"{name} MORE than now", one) for one in sorted(map(str, chosen - now))]
    takes = [(f"{name} not any more", one) for one in sorted(map(str, now - chosen))]
    return [*gives, *takes, (f"{name} as now", len(chosen & now))]


def _facts(deed: Any, row: Model | None) -> list[tuple[str, str]]:
    return [] if row is None else [(str(name), str(value)) for name, value in deed.facts(row)]


def _arguments(sent: QueryDict) -> dict[str, list[str]]:
    return {name: sent.getlist(name) for name in sorted(sent) if name not in _OF_THE_PAGE}


def _sent(proposal: OperatorProposal) -> QueryDict:
    """As the first operator's browser sent it."""
    sent = QueryDict(mutable=True)
    for name, values in proposal.arguments.items():
        sent.setlist(name, values)
    sent["token"], sent["reason"] = str(UUID(str(proposal.token))), proposal.reason
    return sent


def _digest(content: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
