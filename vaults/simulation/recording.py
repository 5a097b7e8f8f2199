"""Recorded minutes as a plan of rounds for the oracle's own rules, each two seconds as live ones are."""

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from oracle.replay.failures import ReplayError
from oracle.replay.plan import Plan, Series, load_plan
from oracle.replay.series import SeriesFormat
from oracle.rules.policy import Policy, SourceTerms

BLACK_THURSDAY = settings.BASE_DIR / "oracle/replay/recorded/black_thursday_minutes.csv"
ROUND_MS = 2_000
MINUTE_MS = 60_000
_SOURCE = "recorded:BTC/USD"
_AGE_MS = 2 * MINUTE_MS  # a minute's close is the price until the next one is known
_RESUME_MS = 10 * MINUTE_MS
_HEAD = 200


def plan_of_minutes(path: Path) -> Plan:
    """A CSV with a header: first the beginning of the minute in seconds; `close` or `c` is its price."""
    try:
        with path.open(encoding="utf-8") as file:
            columns = file.readline(_HEAD).strip().split(",")
    except (OSError, UnicodeDecodeError) as error:
        raise ReplayError(path, f"cannot be read: {error}") from error
    price = next((name for name in ("close", "c") if name in columns), "close")
    form = SeriesFormat(columns[0], price, "s", MINUTE_MS)
    policy = Policy(
        sources={_SOURCE: SourceTerms()},
        min_sources=1,
        max_age_ms=_AGE_MS,
        stale_after_ms=_AGE_MS,
        frozen_after_ms=0,
    )
    return Plan(policy, (Series(_SOURCE, path, form),), round_ms=ROUND_MS, resume_after_ms=_RESUME_MS)


def plan_of_policy(path: Path) -> Plan:
    """What `replay_prices` takes, of any number of sources."""
    plan = load_plan(path)
    return replace(plan, round_ms=plan.round_ms or ROUND_MS)
