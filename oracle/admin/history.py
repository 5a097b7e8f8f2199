"""The price as it is, rounds with what became of every quote, and minutes. All of it only to be read."""

from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from access.read_only import LongTableAdmin, ReadOnlyAdmin
from oracle.admin import units
from oracle.admin.pages import SaysSimulated
from oracle.models import Current, Minute, Round
from oracle.rules.quotes import SourceVerdict
from oracle.rules.uses import allowed, display_price
from oracle.rules.view import Use
from oracle.selectors import verdicts_of

_HEADS = ("source", "verdict", "quote", "in USD", "confidence", "age", "off the median", "weight", "more")


def verdict_table(verdicts: tuple[SourceVerdict, ...]) -> SafeString:
    rows = (
        (
            one.source,
            one.verdict,
            f"{units.price(one.quoted_e8)} {one.currency}",
            units.price(one.price_e8),
            units.price(one.confidence_e8),
            units.span(one.age_ms),
            units.share(one.deviation_ppm),
            one.weight,
            one.detail,
        )
        for one in verdicts
    )
    line = "<tr>" + "<td>{}</td>" * len(_HEADS) + "</tr>"
    return format_html(
        "<table><tr>{}</tr>{}</table>",
        format_html_join("", "<th>{}</th>", ((head,) for head in _HEADS)),
        format_html_join("", line, rows),
    )


def time_of(term: str) -> int | None:
    """Milliseconds of "2026-11-21 12:00[:05]" in UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(term).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000


@admin.register(Current)
class CurrentAdmin(SaysSimulated, ReadOnlyAdmin):
    list_display = ("price", "state", "age", "who_may", "average", "simulated", "round_id")
    fields = (*list_display, "sources")
    readonly_fields = fields
    sortable_by = ()

    @admin.display(description="price in USD")
    def price(self, row: Current) -> str:
        last = units.latest_view().last
        return (
            "none yet"
            if last is None
            else f"{units.price(last.price_e8)} ± {units.price(last.confidence_e8)}"
        )

    @admin.display(description="state")
    def state(self, row: Current) -> str:
        shown = display_price(units.latest_view(), units.now_ms())
        return f"{shown.state}: {shown.reason}" if shown.reason else shown.state.value

    @admin.display(description="age")
    def age(self, row: Current) -> str:
        return units.span(display_price(units.latest_view(), units.now_ms()).age_ms)

    @admin.display(description="may be used to")
    def who_may(self, row: Current) -> str:
        uses = allowed(units.latest_view(), units.now_ms())
        return ", ".join(use.lower() for use in Use if use in uses)

    @admin.display(description="average (TWAP)")
    def average(self, row: Current) -> str:
        view = units.latest_view()
        return f"{units.price(view.twap_e8)} over {units.span(view.twap_covered_ms)}"

    @admin.display(description="simulated")
    def simulated(self, row: Current) -> str:
        return units.word(units.latest_view().simulated)

    @admin.display(description="sources in the latest round")
    def sources(self, row: Current) -> SafeString:
        return verdict_table(units.latest_view().verdicts)


@admin.register(Round)
class RoundAdmin(SaysSimulated, LongTableAdmin):
    list_display = ("id", "time", "price", "confidence", "outcome", "kept", "simulated", "policy_version")
    fields = (*list_display, "halted", "sources")
    readonly_fields = fields
    search_help_text = "The number of a round, or a time in UTC: 2026-11-21 12:00"

    def matching(self, term: str) -> Q | None:
        time_ms = time_of(term)
        if time_ms is not None:
            return Q(time_ms__gte=time_ms, time_ms__lt=time_ms + 60_000)
        return super().matching(term)

    @admin.display(description="time (UTC)")
    def time(self, row: Round) -> str:
        return units.moment(row.time_ms)

    @admin.display(description="price in USD")
    def price(self, row: Round) -> str:
        return units.price(row.price_e8)

    @admin.display(description="confidence")
    def confidence(self, row: Round) -> str:
        return units.price(row.confidence_e8)

    @admin.display(description="outcome")
    def outcome(self, row: Round) -> str:
        if row.price_e8 is not None:
            return "accepted"
        return f"HALTED {row.refusal}".strip() if row.is_halted else row.refusal

    @admin.display(description="halted")
    def halted(self, row: Round) -> str:
        return units.word(row.is_halted)

    @admin.display(description="simulated")
    def simulated(self, row: Round) -> str:
        return units.word(row.is_simulated)

    @admin.display(description="kept")
    def kept(self, row: Round) -> str:
        verdicts = verdicts_of(row)
        return f"{sum(1 for one in verdicts if one.verdict == 'KEPT')} of {len(verdicts)}"

    @admin.display(description="sources")
    def sources(self, row: Round) -> SafeString:
        return verdict_table(verdicts_of(row))


@admin.register(Minute)
class MinuteAdmin(SaysSimulated, LongTableAdmin):
    list_display = ("start", "open", "high", "low", "close", "rounds", "simulated")
    fields = readonly_fields = list_display
    search_help_text = "A time in UTC: 2026-11-21 12:00"

    def matching(self, term: str) -> Q | None:
        time_ms = time_of(term)
        return None if time_ms is None else Q(pk=time_ms - time_ms % 60_000)

    @admin.display(description="simulated")
    def simulated(self, minute: Minute) -> str:
        return units.word(minute.is_simulated)

    @admin.display(description="start (UTC)")
    def start(self, minute: Minute) -> str:
        return units.moment(minute.start_ms)

    @admin.display(description="open")
    def open(self, minute: Minute) -> str:
        return units.price(minute.open_e8)

    @admin.display(description="high")
    def high(self, minute: Minute) -> str:
        return units.price(minute.high_e8)

    @admin.display(description="low")
    def low(self, minute: Minute) -> str:
        return units.price(minute.low_e8)

    @admin.display(description="close")
    def close(self, minute: Minute) -> str:
        return units.price(minute.close_e8)
