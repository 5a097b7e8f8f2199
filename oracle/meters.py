"""What the oracle counts, in the process's one registry. Prices and ages are figures of its checks."""

from functools import lru_cache

from prometheus_client import Counter

from oracle.rules.quotes import Verdict
from oracle.rules.track import Decided

ACCEPTED, HALTED, SKIPPED = "ACCEPTED", "HALTED", "SKIPPED"
ROUNDS = Counter(
    "ballast_oracle_rounds",
    "Rounds by what came of them: ACCEPTED, a refusal, HALTED, or SKIPPED while another was under way.",
    ["outcome"],
)
QUOTES = Counter(
    "ballast_oracle_quotes", "What each source gave in a round, by verdict.", ["source", "verdict"]
)
FAILURES = Counter(
    "ballast_oracle_source_failures",
    "Rounds without a quote of the source, by reason.",
    ["source", "reason"],
)


def note_round(decided: Decided) -> None:
    """`detail` of an absent source begins with why it is."""
    refused = decided.aggregate.refusal or HALTED
    ROUNDS.labels(ACCEPTED if decided.accepted is not None else refused).inc()
    for one in decided.aggregate.verdicts:
        _quotes(one.source, one.verdict).inc()
        if one.verdict is Verdict.ABSENT:
            FAILURES.labels(one.source, one.detail.partition(":")[0]).inc()


@lru_cache(maxsize=1024)
def _quotes(source: str, verdict: Verdict) -> Counter:
    return QUOTES.labels(source, verdict)


def note_skipped() -> None:
    ROUNDS.labels(SKIPPED).inc()
