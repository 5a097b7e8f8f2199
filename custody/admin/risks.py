"""What speaks against a withdrawal, as its list and its page show it: asked once for a page of rows."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from access.read_only import LongTableAdmin
from custody.models import Withdrawal
from custody.rules.risk import Risk
from custody.rules.withdrawals import OPEN
from custody.selectors_risk import risks_of

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

NOTHING = "Nothing unusual was found."


def risk_lines(withdrawal: Withdrawal) -> SafeString:
    risk = risks_of([withdrawal])[withdrawal.pk]
    reasons = format_html_join("", "<li>{}</li>", ((one.text,) for one in risk.reasons))
    return format_html("<p>{}</p>{}", risk.text, format_html("<ul>{}</ul>", reasons) if reasons else NOTHING)


class WithRisks(LongTableAdmin):
    """Adds the column `risk`, of those that are under way."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> "type[ChangeList]":
        base: Any = super().get_changelist(request, **options)

        class Judged(base):  # type: ignore[misc]  # the skin's, which has no types
            def get_results(self, request: HttpRequest) -> None:
                super().get_results(request)
                rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
                risks = risks_of([row for row in rows if row.status in OPEN])
                for row in rows:
                    row.risk_found = risks.get(row.pk)
                self.result_list = rows

        return Judged

    @admin.display(description="risk")
    def risk(self, withdrawal: Withdrawal) -> str:
        risk = getattr(withdrawal, "risk_found", None)
        return risk.text if isinstance(risk, Risk) else ""
