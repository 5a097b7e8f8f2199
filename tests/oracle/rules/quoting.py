"""Quotes and policies as the tests of the rules say them: prices in dollars as text, times in ms."""

from collections.abc import Sequence
from dataclasses import replace

from oracle.rules import Policy, Quote, SourceTerms, SourceVerdict, Verdict, parse_price

NOW = 1_700_000_000_000
NAMES = tuple(f"source{letter}:BTC/USD" for letter in "abcdefghij")


def policy_of(count: int = 5, **figures: int) -> Policy:
    """`count` sources of bitcoin in dollars."""
    return replace(Policy(sources=dict.fromkeys(NAMES[:count], SourceTerms())), **figures)  # type: ignore[arg-type]


def with_source(policy: Policy, name: str, terms: SourceTerms) -> Policy:
    return replace(policy, sources={**policy.sources, name: terms})


def quotes_of(*prices: str, now_ms: int = NOW, ages_ms: Sequence[int] = ()) -> list[Quote]:
    """Of the first sources, each as old as `ages_ms` says, or new."""
    ages = [*ages_ms, *[0] * (len(prices) - len(ages_ms))]
    return [
        Quote(name, "BTC", "USD", parse_price(price), now_ms - age_ms)
        for name, price, age_ms in zip(NAMES, prices, ages, strict=False)
    ]


def rate(name: str, price: str, *, base: str = "USDT", age_ms: int = 0) -> Quote:
    return Quote(name, base, "USD", parse_price(price), NOW - age_ms)


def verdicts_by_source(verdicts: Sequence[SourceVerdict]) -> dict[str, Verdict]:
    return {one.source: one.verdict for one in verdicts}


def e8(text: str) -> int:
    return parse_price(text)
