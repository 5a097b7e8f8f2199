"""What a new track has to remember, read from the rows: a bounded number, however dense they are."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Max, Q

from oracle.models import Incident, IncidentKind, Round
from oracle.rules.incidents import Begun, Kind, PastIncident, PastRound
from oracle.rules.names import read_name
from oracle.rules.policy import Policy
from oracle.rules.track import PriceTrack
from oracle.rules.view import Refusal
from oracle.selectors import accepted_until, verdicts_of

LATEST = 200  # as they are: what confirms a price stands among them
_COLUMNS = "id, time_ms, price_e8, confidence_e8, refusal, cumulative, is_simulated"

# Of each second only its first, highest and lowest accepted price: all that averages and breakers look at.
_THINNED = f"""
SELECT {_COLUMNS} FROM (
    SELECT *, row_number() OVER (PARTITION BY time_ms / 1000 ORDER BY id) AS first,
           row_number() OVER (PARTITION BY time_ms / 1000 ORDER BY price_e8, id) AS lowest,
           row_number() OVER (PARTITION BY time_ms / 1000 ORDER BY price_e8 DESC, id) AS highest
      FROM oracle_round WHERE time_ms >= %s AND id < %s AND price_e8 IS NOT NULL) AS dense
 WHERE first = 1 OR lowest = 1 OR highest = 1 ORDER BY id"""  # noqa: S608 (no value of anybody's)


def restored_track(policy: Policy) -> PriceTrack:
    """Where the last price was simulated and the sources are real now, or the other way round, it says
    nothing of theirs: no jump is measured from it, no breaker sees it, and it confirms nothing."""
    rounds = _past_rounds(policy)
    incidents = list(_past_incidents(rounds[0].time_ms if rounds else 0))
    last = next((one for one in reversed(rounds) if one.price_e8 is not None), None)
    if last is not None and last.simulated is not _is_simulated(policy):
        rounds, incidents = [last], [*incidents, *_forgetting(last)]
    return PriceTrack.restore(rounds, incidents, policy)


def _is_simulated(policy: Policy) -> bool:
    return any(read_name(name).is_simulated for name in policy.sources)


def _forgetting(last: PastRound) -> list[PastIncident]:
    """As if operators had ended all there was, just after that price."""
    return [
        PastIncident(
            Begun(kind, last.time_ms, None, "other sources", needs_two=True), last.time_ms, by_operator=True
        )
        for kind in Kind
    ]


def latest_end_ms() -> int:
    """When an operator last ended a halt or a pause; 0: never."""
    ended = Incident.objects.exclude(ended_by="").aggregate(latest=Max("ended_ms"))["latest"]
    return int(ended or 0)


def _past_rounds(policy: Policy) -> list[PastRound]:
    latest = list(Round.objects.order_by("-pk")[:LATEST])
    if not latest:
        return []
    since_ms = latest[0].time_ms - policy.memory_ms
    with connection.cursor() as cursor:
        cursor.execute(_THINNED, [since_ms, latest[-1].pk])
        older = [_past(*row) for row in cursor.fetchall()]
    newer = [_of_row(row) for row in reversed(latest) if row.time_ms >= since_ms]
    past = [*older, *newer]
    # The window of the average begins with the price that was the last one then.
    return [*_last_accepted(past[0]), *past]


def _last_accepted(before: PastRound) -> list[PastRound]:
    row = accepted_until(before.time_ms).filter(pk__lt=before.round_id).first()
    return [] if row is None else [_of_row(row)]


def _of_row(row: Round) -> PastRound:
    return PastRound(
        row.pk,
        row.time_ms,
        row.price_e8,
        row.confidence_e8,
        Refusal(row.refusal) if row.refusal else None,
        int(row.cumulative),
        row.is_simulated,
        verdicts_of(row),
    )


def _past(
    round_id: int,
    time_ms: int,
    price_e8: int,
    confidence_e8: int,
    refusal: str,
    cumulative: int,
    is_simulated: bool,
) -> PastRound:
    return PastRound(round_id, time_ms, price_e8, confidence_e8, None, int(cumulative), is_simulated)


def _past_incidents(since_ms: int) -> Iterable[PastIncident]:
    rows = Incident.objects.filter(Q(ended_ms__isnull=True) | Q(ended_ms__gte=since_ms))
    newest_halt = Incident.objects.filter(kind=IncidentKind.HALT).order_by("-pk")[:1]
    return [_past_incident(row) for row in {row.pk: row for row in [*newest_halt, *rows]}.values()]


def _past_incident(row: Incident) -> PastIncident:
    begun = Begun(
        Kind(row.kind),
        row.began_ms,
        row.until_ms,
        row.reason,
        row.from_e8,
        row.to_e8,
        row.move_ppm,
        row.needs_two,
    )
    return PastIncident(begun, row.ended_ms, bool(row.ended_by))
