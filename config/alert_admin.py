"""Alerts in the admin: what fires and what did, with its page of the runbook; deeds: acknowledge, silence.

It stands here, for health knows nothing of operators' pages.
"""

from django import forms
from django.contrib import admin
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.deeds import Deed, DeedAdmin, DeedForm, Doing, Takes
from access.errors import DomainError
from access.read_only import LongTableAdmin, ReadOnlyAdmin
from access.services import record_audit
from health.alerting.registry import alerts
from health.alerting.runbook import sections
from health.alerting.silences import LONGEST, TooMuchSilence, acknowledge, end_silence, silence
from health.models import (
    AlertEpisode,
    AlertReceiver,
    AlertSilence,
    AlertTelling,
    EpisodeStatus,
    NotifierTurn,
)

PERMISSION = "health.silence_alert"
_HOURS = (1, 2, 4, 8, 24, 72, 168)


class NotFiring(DomainError):
    code = "ALERT_NOT_FIRING"
    default_message = "It fires no longer, or somebody has acknowledged it."


class SilenceEnded(DomainError):
    code = "SILENCE_ENDED"
    default_message = "It has ended already."


class SilenceRefused(DomainError):
    code = "SILENCE_REFUSED"


def _labels(row: AlertEpisode | AlertSilence) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(row.labels.items()))


class Acknowledge(Deed):
    name = "acknowledge"
    title = "Acknowledge"
    about = "Says that somebody looks at it: it is reminded of no more, and told once again when it is over."
    permission = PERMISSION
    takes = Takes.MANY

    def suits(self, row: Model) -> bool:
        assert isinstance(row, AlertEpisode)
        return row.status == EpisodeStatus.FIRING and row.acknowledged_at is None

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, AlertEpisode)
        return [("summary", row.summary), ("severity", row.severity), ("since", row.fired_at or row.began_at)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, AlertEpisode)
        now = timezone.now()
        if not acknowledge(episode_id=row.pk, reason=doing.reason, by=doing.operator_id, now=now):
            raise NotFiring
        record_audit(
            origin=doing.origin,
            action="alert.acknowledged",
            subject=f"alert:{row.name}",
            after={"episode": row.pk, "labels": _labels(row), "reason": doing.reason},
        )
        return row


class SilenceForm(DeedForm):
    hours = forms.TypedChoiceField(
        choices=[(hours, f"{hours} hours" if hours < 24 else f"{hours // 24} days") for hours in _HOURS],
        coerce=int,
        help_text=f"It begins to be told again by itself, at the latest after {LONGEST.days} days.",
    )
    everything = forms.BooleanField(
        required=False, help_text="Of all that this alert may be about, and not just of what is shown here."
    )


class Silence(Deed):
    name = "silence"
    title = "Silence"
    about = "It is watched on, and told to nobody until then. What still fires is told when the silence ends."
    permission = PERMISSION
    takes = Takes.ONE
    form = SilenceForm

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, AlertEpisode)
        return [("summary", row.summary), ("severity", row.severity), ("of", _labels(row) or "the house")]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, AlertEpisode)
        labels = {} if doing.values["everything"] else dict(row.labels)
        hours, now = int(doing.values["hours"]), timezone.now()
        try:
            made = silence(
                name=row.name, labels=labels, hours=hours, reason=doing.reason, by=doing.operator_id, now=now
            )
        except TooMuchSilence as error:
            raise SilenceRefused(str(error)) from None
        record_audit(
            origin=doing.origin,
            action="alert.silenced",
            subject=f"alert:{row.name}",
            after={"silence": made.pk, "labels": _labels(made), "hours": hours, "reason": doing.reason},
        )
        return made


class EndSilence(Deed):
    name = "end"
    title = "End the silence"
    about = "What fires is told with the next turn of the notifier."
    permission = PERMISSION
    takes = Takes.ONE

    def suits(self, row: Model) -> bool:
        assert isinstance(row, AlertSilence)
        return row.ended_at is None and row.until > timezone.now()

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, AlertSilence)
        if not end_silence(silence_id=row.pk, now=timezone.now()):
            raise SilenceEnded
        record_audit(
            origin=doing.origin,
            action="alert.silence_ended",
            subject=f"alert:{row.name}",
            after={"silence": row.pk, "reason": doing.reason},
        )
        return row


@admin.register(AlertEpisode)
class AlertEpisodeAdmin(DeedAdmin, LongTableAdmin):
    deeds = (Acknowledge(), Silence())
    list_display = (
        "id",
        "status",
        "severity",
        "name",
        "summary",
        "fired_at",
        "resolved_at",
        "acknowledged_by",
    )
    list_filter = ("status", "severity", "name")
    list_select_related = ("acknowledged_by",)
    search_help_text = "An alert's name, or the number of an episode"
    exclude = ("fingerprint",)
    readonly_fields = ("at_stake", "runbook", "told")

    def matching(self, term: str) -> Q | None:
        return super().matching(term) or Q(name=term)

    @admin.display(description="at stake")
    def at_stake(self, row: AlertEpisode) -> str:
        return next((one.stake for one in alerts() if one.name == row.name), "It is no longer declared.")

    @admin.display(description="runbook")
    def runbook(self, row: AlertEpisode) -> SafeString:
        return format_html("<pre>{}</pre>", sections().get(row.name, "It has no section."))

    @admin.display(description="told")
    def told(self, row: AlertEpisode) -> SafeString:
        rows = row.tellings.order_by("-pk")[:20]
        said = [f"{one.kind} by {one.channel}: {one.status} {one.last_error}".strip() for one in rows]
        return format_html("<pre>{}</pre>", "\n".join(said) or "to nobody")


@admin.register(AlertSilence)
class AlertSilenceAdmin(DeedAdmin, LongTableAdmin):
    deeds = (EndSilence(),)
    list_display = ("id", "name", "labels", "until", "made_by", "made_at", "ended_at", "reason")
    list_select_related = ("made_by",)
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)


@admin.register(AlertTelling)
class AlertTellingAdmin(LongTableAdmin):
    list_display = ("id", "created_at", "channel", "kind", "episode", "status", "last_error", "sent_at")
    list_filter = ("channel", "status", "kind")
    list_select_related = ("episode",)


@admin.register(AlertReceiver)
class AlertReceiverAdmin(ReadOnlyAdmin):
    list_display = ("channel", "failures", "failing_since", "last_error", "last_tried_at", "last_taken_at")
    ordering = ("channel",)


@admin.register(NotifierTurn)
class NotifierTurnAdmin(ReadOnlyAdmin):
    list_display = ("id", "ran_at", "pinged_at", "leased_until")
    ordering = ("pk",)
