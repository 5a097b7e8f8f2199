"""The settings of the bots: each has bounds, and what is beyond them is named."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from config.checks import check_bots
from config.machine import Machine, Wish
from config.processes import SERVICES
from exchange.bots.terms import terms_of, wrong_names
from tests.bots.books import UNITS

GOOD = dict(settings.BOTS_TERMS)
KEYS = {"maker": ("a", "b"), "taker": ("c", "d")}


def test_the_defaults_are_good() -> None:
    assert wrong_names(GOOD) == []
    assert terms_of(GOOD).levels == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("levels", "0"),
        ("levels", "51"),
        ("levels", "²"),
        ("period_ms", "10"),
        ("tolerance_ppm", "-1"),
        ("group", "x"),
        ("most_base", "-1"),
        ("spread", "Infinity"),
        ("taker_most", "NaN"),
    ],
)
def test_what_is_out_of_range_is_named(name: str, value: str) -> None:
    assert wrong_names(GOOD | {name: value}) == [name]
    with pytest.raises(ValueError, match=name):
        terms_of(GOOD | {name: value})


def test_amounts_are_told_in_steps_of_the_market() -> None:
    terms = terms_of(GOOD | {"group": "0.50", "spread": "1", "most": "0.25", "most_quote": "100"})
    copy = terms.copy_terms(UNITS)
    assert (copy.group_ticks, copy.spread_ticks, copy.most_lots) == (50, 100, 25_000)
    assert terms.holding(UNITS, base="2", quote="50").quote_cells == 50 * 10**7
    assert terms.holding(UNITS, base="2", quote="50").most_quote_cells == 100 * 10**7


def test_nothing_is_checked_where_the_bots_are_off() -> None:
    with override_settings(BOTS=False, BOTS_TERMS=GOOD | {"levels": "x"}):
        assert check_bots(None) == []


@pytest.mark.parametrize(
    ("terms", "keys", "demo", "ids"),
    [
        ({}, KEYS, False, []),
        ({"levels": "0"}, KEYS, False, ["ballast.E009"]),
        ({}, KEYS | {"taker": ("", "")}, False, ["ballast.E010"]),
        ({}, KEYS | {"taker": ("", "")}, True, []),
        ({}, KEYS | {"taker": ("a", "b")}, False, ["ballast.E011"]),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(
    terms: dict[str, str], keys: dict[str, tuple[str, str]], demo: bool, ids: list[str]
) -> None:
    with override_settings(BOTS=True, BOTS_TERMS=GOOD | terms, BOTS_KEYS=keys, DEMO=demo):
        found = check_bots(None)
    assert [message.id for message in found] == ids
    assert all(message.hint for message in found)


@pytest.mark.parametrize(("value", "count"), [("", 0), ("0", 0), ("off", 0), ("1", 1), ("yes", 1)])
def test_their_process_runs_only_where_they_are_switched_on(tmp_path: Path, value: str, count: int) -> None:
    (bots,) = [one for one in SERVICES if one.name == "bots"]
    wish = Wish(tmp_path, tmp_path, "127.0.0.1", 1, True, {"BALLAST_BOTS": value})
    assert Machine(wish, print, bool)._count(bots, wish.environment) == count


def test_beside_servers_that_somebody_named_a_demo_does_not_switch_them_on(tmp_path: Path) -> None:
    machine = Machine(Wish(tmp_path, tmp_path, "127.0.0.1", 1, True, {}), print, bool)
    assert "BALLAST_BOTS" not in machine._environment([])
