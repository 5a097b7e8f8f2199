"""What can be asked of the oracle's rows: the price for money, rounds and incidents.

For money one asks here, for what is committed. What is shown on screens comes over Redis (`oracle.feed`).
"""

import logging

from django.db.models import QuerySet

from access.together import Question, ask
from oracle.models import Current, Incident, Round
from oracle.rules.encoding import MalformedPrice, decode_view, verdicts_from_json
from oracle.rules.policy import Policy
from oracle.rules.quotes import SourceVerdict
from oracle.rules.uses import (
    DisplayPrice,
    LiquidationPrice,
    MintPrice,
    display_price,
    liquidation_price,
    mint_price,
)
from oracle.rules.view import PriceView

logger = logging.getLogger(__name__)

NO_ROUND = PriceView(
    round_id=0,
    round_ms=0,
    last=None,
    confirming=None,
    refusal=None,
    verdicts=(),
    twap_e8=None,
    twap_covered_ms=0,
    liquidations_paused_until_ms=0,
    minting_paused_until_ms=0,
    halt=None,
    simulated=False,
    policy_version=0,
    stale_after_ms=Policy().stale_after_ms,
    max_deviation_ppm=Policy().max_deviation_ppm,
)
_VIEW = "SELECT view FROM oracle_current ORDER BY id LIMIT 1"
MAX_ROUNDS = 1_000
LATEST_INCIDENTS = 20


def committed_view() -> PriceView:
    """As of the latest commit; before the first round, one without a price."""
    return ask(view_question())


def view_question() -> Question[PriceView]:
    """`committed_view` for who asks other things with it."""
    return Question(_VIEW, (), lambda rows: (_decoded(rows[0][0]) if rows else None) or NO_ROUND)


def view_of(current: Current) -> PriceView | None:
    """None before the first round, and where another release wrote it in another shape: nobody acts by that
    one, and the next round, which goes on from the other rows, writes it anew."""
    return _decoded(current.view)


def _decoded(view: bytes | memoryview | None) -> PriceView | None:
    try:
        return None if view is None else decode_view(bytes(view))
    except MalformedPrice:
        logger.exception("what is committed as the price is none")
        return None


def price_for_mint(*, now_ms: int) -> MintPrice:
    """Raises the errors of `oracle.errors` that say why there is none."""
    return mint_price(committed_view(), now_ms)


def price_for_liquidation(*, now_ms: int) -> LiquidationPrice:
    """Raises the errors of `oracle.errors` that say why there is none."""
    return liquidation_price(committed_view(), now_ms)


def price_for_display(*, now_ms: int) -> DisplayPrice:
    return display_price(committed_view(), now_ms)


def rounds_after(round_id: int, *, limit: int = MAX_ROUNDS) -> list[Round]:
    """The next rounds, oldest first: for scans that follow the price."""
    return list(Round.objects.filter(id__gt=round_id).order_by("id")[: min(limit, MAX_ROUNDS)])


def rounds_between(start_ms: int | None, end_ms: int | None) -> QuerySet[Round]:
    """Those of [start, end), for a page by id. Ids stand in the order of time, so two look-ups by time are
    enough, however long the history."""
    rows = Round.objects.all()
    for bound_ms, at_least in ((start_ms, True), (end_ms, False)):
        if bound_ms is None:
            continue
        first = Round.objects.filter(time_ms__gte=bound_ms).order_by("time_ms", "id").first()
        if first is None:
            rows = Round.objects.none() if at_least else rows
        else:
            rows = rows.filter(id__gte=first.pk) if at_least else rows.filter(id__lt=first.pk)
    return rows


def accepted_until(time_ms: int) -> QuerySet[Round]:
    """Latest first, without looking at the refused ones between."""
    accepted = Round.objects.filter(price_e8__isnull=False, time_ms__lte=time_ms)
    return accepted.order_by("-time_ms", "-id")


def verdicts_of(row: Round) -> tuple[SourceVerdict, ...]:
    """They are shown and decide nothing: a row of another release's shape has none that can be read."""
    try:
        return verdicts_from_json(row.verdicts)
    except MalformedPrice:
        return ()


def open_incidents() -> list[Incident]:
    """At most one of a kind."""
    return list(Incident.objects.filter(ended_ms__isnull=True).order_by("-id"))


def latest_incidents() -> list[Incident]:
    return list(Incident.objects.order_by("-id")[:LATEST_INCIDENTS])
