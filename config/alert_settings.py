"""Which alerts there are and who is told, by the environment; `config.alert_checks` refuses what is wrong."""

from collections.abc import Mapping

# In this order they stand in the rules of Prometheus and in the runbook.
ALERTS = [
    "health.alerts.ALERTS",
    "exchange.alerts.ALERTS",
    "config.door_alerts.ALERTS",
    "oracle.alerts.ALERTS",
    "vaults.alerts.ALERTS",
    "custody.alerts.ALERTS",
]
URLS = ("slack_url", "discord_url", "pagerduty_url", "heartbeat_url")


def alert_emails(environment: Mapping[str, str]) -> list[str]:
    named = environment.get("BALLAST_ALERT_EMAILS", "").split(",")
    return [address.strip() for address in named if address.strip()]


def alert_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Whoever knows one of these URLs writes there in the house's name."""
    names = (*URLS, "pagerduty_key")
    return {name: environment.get(f"BALLAST_ALERT_{name.upper()}", "").strip() for name in names}
