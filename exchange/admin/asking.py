"""Deeds that ask an engine: a request with its reason, an entry of the audit trail, and a page that waits for
what came of it."""

from collections.abc import Sequence

from django.db.models import Model
from django.urls import reverse

from access.deeds import Deed, Doing
from access.services import Facts, hold_audit_trail, record_audit
from exchange.models import EngineRequest


class EngineDeed(Deed):
    """`ask` makes the requests; the rest is the same for all."""

    def ask(self, row: Model | None, doing: Doing) -> list[EngineRequest]:
        """Raises DomainError."""
        raise NotImplementedError

    def subject(self, row: Model | None, doing: Doing) -> str:
        """Whom or what it concerns, as the audit trail names it."""
        raise NotImplementedError

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        hold_audit_trail()  # or a page sent twice at once would be written down twice
        newest = EngineRequest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        requests = self.ask(row, doing)
        before: Facts | None = {name: str(value) for name, value in self.facts(row)} if row else None
        for request in requests:
            if request.pk <= newest:
                continue  # the page was sent a second time
            record_audit(
                origin=doing.origin,
                action=f"engine.{self.name}",
                subject=self.subject(row, doing),
                before=before,
                after={
                    "asked": request.summary,
                    "reason": doing.reason,
                    "request": request.pk,
                    "command_id": str(request.command_id),
                },
            )
        return requests

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        asked = [request for requests in outcomes if isinstance(requests, list) for request in requests]
        return "Asked; the answer of the engine is below.", results_url([request.pk for request in asked])


def results_url(ids: Sequence[int]) -> str:
    return f"{reverse('admin:exchange_enginerequest_results')}?ids={','.join(map(str, ids))}"
