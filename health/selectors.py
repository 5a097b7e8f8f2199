"""What other apps ask of health: what was found of the invariants when they were last looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from health.models import InvariantResult
from health.registry import Extent


@dataclass(frozen=True, slots=True)
class InvariantView:
    """`checked_at` is None, and `violations` mean nothing, where it was never looked at with a result.
    `whole_at`: when everything was looked at, and not just what can have changed lately."""

    name: str
    about: str
    violations: int
    violated_since: datetime | None
    checked_at: datetime | None
    whole_at: datetime | None


def invariant_views() -> list[InvariantView]:
    """By name. The worse of what two extents found stands for both."""
    by_name: dict[str, list[InvariantResult]] = {}
    for row in InvariantResult.objects.order_by("name", "extent"):
        by_name.setdefault(row.name, []).append(row)
    return [_view(rows) for rows in by_name.values()]


def _view(rows: Sequence[InvariantResult]) -> InvariantView:
    worst = max(rows, key=lambda row: row.violations)
    checked = [row.checked_at for row in rows if row.checked_at is not None]
    whole = [row.checked_at for row in rows if row.extent == Extent.WHOLE]
    return InvariantView(
        worst.name,
        worst.about,
        worst.violations,
        worst.violated_since,
        max(checked, default=None),
        whole[0] if whole else None,
    )
