"""Recorded cases of medians, outliers, staleness, averages and breakers (tests/cases/oracle.json)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oracle.rules import Breaker, Policy, Verdict, aggregate, twap
from oracle.rules.breakers import MoveWindow
from tests.oracle.rules.quoting import NOW, e8, policy_of, quotes_of

CASES = json.loads((Path(__file__).parents[2] / "cases" / "oracle.json").read_text())
SECOND = 1_000


def named(kind: str) -> list[Any]:
    return [pytest.param(case, id=f"{kind} {number}") for number, case in enumerate(CASES[kind])]


@pytest.mark.parametrize("case", [one for one in named("aggregation") if "quotes" in one.values[0]])
def test_quotes_give_the_price_of_the_case(case: dict[str, Any]) -> None:
    quotes = quotes_of(*case["quotes"])
    found = aggregate(quotes, policy_of(len(quotes)), NOW)
    dropped = {
        one.price_e8 for one in found.verdicts if one.verdict is Verdict.DEVIATES and one.price_e8 is not None
    }
    assert found.price_e8 == e8(case["price"])
    assert dropped == {e8(price) for price in case["dropped"]}


@pytest.mark.parametrize("case", [one for one in named("aggregation") if "ages" in one.values[0]])
def test_ages_decide_who_counts(case: dict[str, Any]) -> None:
    ages = [age * SECOND for age in case["ages"]]
    found = aggregate(quotes_of(*["45000"] * len(ages), ages_ms=ages), policy_of(len(ages)), NOW)
    assert found.refusal == case.get("error")


@pytest.mark.parametrize("case", [one for one in named("aggregation") if "conf" in one.values[0]])
def test_confidences_of_the_case(case: dict[str, Any]) -> None:
    confidence = e8(case["conf"])
    quotes = [replace(one, confidence_e8=confidence) for one in quotes_of(*[case["price"]] * 3)]
    lenient = policy_of(3, max_confidence_ppm=1_000_000)
    found = aggregate(quotes, lenient if "collateral_price" in case else policy_of(3), NOW)
    if "error" in case:
        assert found.refusal == case["error"]
        return
    assert found.price_e8 is not None
    assert found.confidence_e8 is not None
    assert found.price_e8 - found.confidence_e8 == e8(case["collateral_price"])
    assert found.price_e8 + found.confidence_e8 == e8(case["debt_price"])


@pytest.mark.parametrize("case", named("twap"))
def test_averages_of_the_case(case: dict[str, Any]) -> None:
    points = [(seconds * SECOND, e8(str(price))) for seconds, price in case["points"]]
    assert twap(points, 0, case["end"] * SECOND) == e8(case["twap"])


@pytest.mark.parametrize("case", named("breaker"))
def test_breakers_of_the_case(case: dict[str, Any]) -> None:
    breaker = Breaker(case["move_ppm"], Policy().liquidations.window_ms, 300 * SECOND)
    window = MoveWindow()
    trips = [window.add(seconds * SECOND, e8(price), breaker) for seconds, price in case["window"]]
    assert (trips[-1] is not None) is case["trips"]
