"""Profit and loss by average cost: worked figures, and that no atom is lost whatever is traded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.statements.profit import NOTHING, Position, Sale, average_cost_atoms, buy, sell

LOTS = st.integers(1, 10**12)
ATOMS = st.integers(0, 10**18)
TRADES = st.lists(st.tuples(st.booleans(), LOTS, ATOMS), max_size=30)


def test_buys_add_up_to_their_average() -> None:
    position = buy(buy(NOTHING, 10, 1_000), 30, 6_000)
    assert position == Position(40, 7_000)
    assert average_cost_atoms(position, 1) == 175


def test_a_sale_takes_its_share_of_the_cost_along() -> None:
    position, sale = sell(Position(40, 7_000), 10, 2_000)
    assert sale == Sale(10, 1_750, 250, 0, 0)
    assert position == Position(30, 5_250)


def test_a_loss_is_below_zero() -> None:
    assert sell(Position(10, 1_000), 10, 900)[1].profit_atoms == -100


def test_the_cost_of_a_sale_is_rounded_down_and_the_last_one_takes_the_rest() -> None:
    position = Position(3, 100)
    costs = []
    for _ in range(3):
        position, sale = sell(position, 1, 50)
        costs.append(sale.cost_atoms)
    assert costs == [33, 33, 34]
    assert position == NOTHING


def test_what_is_sold_beyond_the_position_is_uncovered() -> None:
    position, sale = sell(Position(2, 100), 3, 200)
    assert sale == Sale(2, 100, 33, 1, 67)  # two thirds of the proceeds, rounded down
    assert position == NOTHING


def test_a_sale_without_a_position_has_no_profit() -> None:
    assert sell(NOTHING, 5, 500) == (NOTHING, Sale(0, 0, None, 5, 500))
    assert average_cost_atoms(NOTHING, 1) is None


@pytest.mark.parametrize("lots", [1, 2, 3])
def test_a_rebate_may_make_a_cost_smaller_than_nothing(lots: int) -> None:
    position, sale = sell(buy(NOTHING, 3, -2), lots, 0)
    assert position.cost_atoms + sale.cost_atoms == -2


@given(trades=TRADES)
def test_no_lot_and_no_atom_is_lost(trades: list[tuple[bool, int, int]]) -> None:
    position, cost, profit, uncovered, paid, received = NOTHING, 0, 0, 0, 0, 0
    bought = sold = covered = 0
    for is_buy, lots, atoms in trades:
        if is_buy:
            position = buy(position, lots, atoms)
            bought, paid = bought + lots, paid + atoms
            continue
        position, sale = sell(position, lots, atoms)
        assert sale.covered_lots + sale.uncovered_lots == lots
        sold, received, covered = sold + lots, received + atoms, covered + sale.covered_lots
        cost, uncovered = cost + sale.cost_atoms, uncovered + sale.uncovered_proceeds_atoms
        profit += sale.profit_atoms or 0
        assert position.lots or not position.cost_atoms
    assert position.lots == bought - covered
    assert position.cost_atoms == paid - cost
    assert profit == received - uncovered - cost
