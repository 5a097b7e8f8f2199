"""The channels that the settings name."""

from django.conf import settings

from health.alerting.channels.discord import DiscordChannel
from health.alerting.channels.mail import MailChannel
from health.alerting.channels.pagerduty import URL, PagerDutyChannel
from health.alerting.channels.shape import Channel
from health.alerting.channels.slack import SlackChannel


def channels() -> list[Channel]:
    secrets = settings.ALERT_SECRETS
    found: list[Channel] = []
    if settings.ALERT_EMAILS:
        found.append(MailChannel(tuple(settings.ALERT_EMAILS)))
    if secrets["slack_url"]:
        found.append(SlackChannel(secrets["slack_url"]))
    if secrets["discord_url"]:
        found.append(DiscordChannel(secrets["discord_url"]))
    if secrets["pagerduty_key"]:
        found.append(PagerDutyChannel(secrets["pagerduty_key"], secrets["pagerduty_url"] or URL))
    return found


def house_name() -> str:
    """Which house speaks: its address, where it was told."""
    return settings.SITE_URL or "an unnamed house"
