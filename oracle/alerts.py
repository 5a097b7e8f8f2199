"""Alerts of the oracle: whether there is a price, whether it is believed, and how its sources are."""

from health.alerting.conditions import Compare, checks_find
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, Increase, select
from health.rules import Status

_STATE = Gauge(select("ballast_oracle_state"))
_OF_SOURCE = ("source",)

ALERTS = (
    page(
        "OracleStale",
        Compare(_STATE, "==", 2),
        for_s=60,
        summary="There is no fresh price of bitcoin.",
        stake="Nobody mints, nobody is liquidated: vaults sink below their ratio unnoticed by the scan.",
    ),
    page(
        "OracleHalted",
        Compare(_STATE, "==", 3),
        summary="The oracle is halted: a jump, or an operator.",
        stake="Minting and liquidations stand still until operators resume it.",
    ),
    warn(
        "OracleDegraded",
        Compare(_STATE, "==", 1),
        for_s=600,
        summary="The price has been degraded for ten minutes.",
        stake="One more source that fails makes it stale.",
    ),
    warn(
        "OracleSourceDropped",
        checks_find("oracle_source", Status.WARN),
        for_s=1_800,
        summary="{check}: no quote of it has counted for half an hour.",
        stake="The price stands on fewer sources.",
    ),
    warn(
        "OracleSourceFails",
        Compare(
            Increase(select("ballast_oracle_source_failures_total"), 900, by=_OF_SOURCE),
            ">",
            Increase(select("ballast_oracle_quotes_total"), 900, by=_OF_SOURCE),
            percent=50,
        ),
        for_s=300,
        summary="{source} gave no quote in more than half of the rounds.",
        stake="The price stands on fewer sources; it may block this machine's address.",
    ),
)
