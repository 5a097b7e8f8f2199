"""What health asks of snapshots: that there is one of each hour."""

from datetime import timedelta

from django.utils import timezone

from health.registry import Check, Finding, Gauge
from health.rules import Status
from ledger.selectors_customers import has_customers
from ledger.services import ASSETS
from vaults.models import ReserveSnapshot

LATE = timedelta(hours=2, minutes=10)
VERY_LATE = timedelta(hours=12)


def snapshots() -> list[Finding]:
    newest = ReserveSnapshot.objects.order_by("-pk").first()
    if newest is None:
        return [Finding(Status.WARN if has_customers() else Status.OK, "no snapshot was taken yet")]
    age = timezone.now() - newest.taken_at
    figures = {
        "age_s": int(age.total_seconds()),
        "customers": newest.customers,
        "took_ms": newest.took_ms,
        **{f"{asset.lower()}_atoms": int(total) for asset, total in _by_asset(newest, newest.totals)},
        **{f"{asset.lower()}_backing": int(total) for asset, total in _by_asset(newest, newest.backing)},
    }
    if age > VERY_LATE:
        return [Finding(Status.FAIL, f"the newest is {age // timedelta(hours=1)} hours old", figures=figures)]
    if age > LATE:
        return [Finding(Status.WARN, "the newest is hours old", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


def _by_asset(snapshot: ReserveSnapshot, texts: list[str]) -> list[tuple[str, str]]:
    return list(zip(snapshot.assets, texts, strict=True))


def _gauges() -> dict[str, Gauge]:
    found = {
        "age_s": Gauge("How old the newest snapshot is."),
        "customers": Gauge("Customers in the newest snapshot."),
        "took_ms": Gauge("How long the newest snapshot took."),
    }
    for code, _, _ in ASSETS:
        labels = {"asset": code}
        found[f"{code.lower()}_atoms"] = Gauge(
            "What is owed to customers, at the newest snapshot.", "owed_atoms", labels
        )
        found[f"{code.lower()}_backing"] = Gauge(
            "What all the house's accounts come to, at the newest snapshot.", "backing_atoms", labels
        )
    return found


CHECKS = (
    Check(
        "reserves",
        "What is owed to customers is counted each hour, for them to check",
        snapshots,
        gauges=_gauges(),
    ),
)
