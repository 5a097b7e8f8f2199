"""What the engine is told of a market: units from decimals, every parameter in its place, and what fits."""

from typing import Any

import pytest

from exchange.engine.types import INT64_MAX
from exchange.market_terms import (
    COLUMNS,
    INT32_MAX,
    LEAST_WINDOW_NS,
    PARAMETERS,
    changing_command,
    creating_command,
    fits,
)

DECIMALS = {"base_decimals": 8, "quote_decimals": 8, "price_decimals": 2, "quantity_decimals": 4}
NAMES = {"symbol": "BTC-USDB", "base_asset": "BTC", "quote_asset": "USDB"}


def _row(**changes: int) -> dict[str, Any]:
    """Each parameter has another number, so that none can be taken for its neighbour."""
    return {**NAMES, **DECIMALS, **{name: 1000 + at for at, name in enumerate(PARAMETERS)}, **changes}


def test_a_row_has_a_value_for_each_column_and_no_other() -> None:
    assert sorted(_row()) == sorted(COLUMNS)


@pytest.mark.parametrize(
    ("base", "quote", "price", "quantity", "base_atoms", "quote_atoms"),
    [
        (8, 8, 2, 4, 10_000, 100),  # a lot of 0.0001 BTC at a tick of 0.01 costs 0.000001
        (8, 8, 2, 6, 100, 1),
        (8, 8, 0, 8, 1, 1),
        (8, 10, 2, 8, 1, 1),
        (18, 6, 2, 4, 10**14, 1),
        (0, 2, 2, 0, 1, 1),
    ],
)
def test_lots_and_ticks_are_whole_atoms(
    base: int, quote: int, price: int, quantity: int, base_atoms: int, quote_atoms: int
) -> None:
    row = _row(base_decimals=base, quote_decimals=quote, price_decimals=price, quantity_decimals=quantity)
    command = creating_command(row)
    assert (command.base_atoms_per_lot, command.quote_atoms_per_tick_lot) == (base_atoms, quote_atoms)


def test_every_parameter_arrives_under_its_own_name() -> None:
    row = _row()
    created, changed = creating_command(row), changing_command(row)
    assert (created.market, created.base_asset, created.quote_asset) == ("BTC-USDB", "BTC", "USDB")
    assert changed.market == "BTC-USDB"
    for name in PARAMETERS:
        assert getattr(created, name) == getattr(changed, name) == row[name]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_column_holds_its_largest_number_and_not_one_more(name: str) -> None:
    is_wide = name.endswith(("_ticks", "_lots", "_atoms", "_ns"))
    most = INT64_MAX if is_wide else INT32_MAX
    assert fits({name: most})
    assert not fits({name: most + 1})
    assert not fits({name: -most - 1})


@pytest.mark.parametrize(
    ("window_ns", "good"),
    [(0, True), (1, False), (LEAST_WINDOW_NS - 1, False), (LEAST_WINDOW_NS, True)],
)
def test_a_breaker_that_measures_has_at_least_a_second(window_ns: int, good: bool) -> None:
    assert fits({"breaker_window_ns": window_ns}) is good


def test_one_number_too_large_among_many_is_enough() -> None:
    good = dict.fromkeys(PARAMETERS, 1) | {"breaker_window_ns": LEAST_WINDOW_NS}
    assert fits(good)
    assert not fits({**good, "max_open_orders": 2**31})
