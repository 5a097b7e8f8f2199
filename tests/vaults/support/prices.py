"""The oracle as it is committed, without rounds: whatever price and state a test wants."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from oracle.models import Current
from oracle.rules import Band, PriceView
from oracle.rules.encoding import encode_view
from oracle.selectors import NO_ROUND
from tests.vaults.support.rows import E8, NOON


def view_at(dollars: int, now: datetime = NOON, *, confidence: int = 0, round_id: int = 1) -> PriceView:
    """FRESH at this moment: `dollars` for a bitcoin, confirmed, and the same an hour long."""
    now_ms = round(now.timestamp() * 1000)
    band = Band(dollars * E8, confidence * E8, now_ms)
    return replace(
        NO_ROUND,
        round_id=round_id,
        round_ms=now_ms,
        last=band,
        confirming=replace(band, time_ms=now_ms - 2_000),
        twap_e8=dollars * E8,
        twap_covered_ms=3_600_000,
        stale_after_ms=10_000,
    )


def keep(view: PriceView) -> None:
    """Of no round: there are none."""
    Current.objects.update_or_create(pk=1, defaults={"round_id": 0, "view": encode_view(view)})


def set_price(dollars: int, now: datetime = NOON, *, confidence: int = 0, **changes: Any) -> None:
    """`changes`: other fields of the view, as `halt`, `refusal`, `minting_paused_until_ms`."""
    keep(replace(view_at(dollars, now, confidence=confidence), **changes))
