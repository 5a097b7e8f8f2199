"""Profit tables worked by hand: what a statement says after each trade of a story."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.statements.profit import NOTHING, Position, Sale, average_cost_atoms, buy, sell

STORIES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "profit_tables.json").read_text()
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_a_statement_says_what_was_worked_by_hand(story: dict[str, Any]) -> None:
    position = NOTHING
    for trade in story["trades"]:
        if "buy" in trade:
            position = buy(position, trade["buy"], trade["paid"])
        else:
            position, sale = sell(position, trade["sell"], trade["received"])
            assert sale == Sale(*trade["sale"])
        assert position == Position(*trade["position"])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_what_was_gained_is_what_came_in_less_what_went_out(story: dict[str, Any]) -> None:
    """The tables themselves: profits + uncovered proceeds = money in - money out + cost of what is left."""
    sales = [trade["sale"] for trade in story["trades"] if "sale" in trade]
    profits = sum(sale[2] or 0 for sale in sales) + sum(sale[4] for sale in sales)
    received = sum(trade.get("received", 0) for trade in story["trades"])
    paid = sum(trade.get("paid", 0) for trade in story["trades"])
    assert profits == received - paid + story["trades"][-1]["position"][1]


@pytest.mark.parametrize(
    ("position", "lots_per_unit", "expected"),
    [
        (Position(40, 230_115), 1, 5_752),  # 5,752.875
        (Position(40, 230_115), 100, 575_287),  # .5
        (Position(3, 1), 1, 0),
        (Position(3, -1), 1, -1),
        (Position(0, 0), 100, None),
    ],
)
def test_an_average_is_rounded_down_to_the_atom(
    position: Position, lots_per_unit: int, expected: int | None
) -> None:
    assert average_cost_atoms(position, lots_per_unit) == expected
