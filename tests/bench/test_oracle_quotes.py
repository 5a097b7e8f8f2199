"""The benchmark's quotes give a price, and both ways of making it agree."""

from bench.oracle.aggregating import NOW_MS, check
from bench.oracle.quoting import POLICY, TERMS, quotes_at
from oracle.rules import Verdict, aggregate


def test_ours_and_the_plain_sums_agree() -> None:
    check()


def test_every_quote_is_kept() -> None:
    found = aggregate(quotes_at(7, NOW_MS), POLICY, NOW_MS)
    assert [one.verdict for one in found.verdicts] == [Verdict.KEPT] * len(TERMS)
