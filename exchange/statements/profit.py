"""Profit and loss by average cost, exact to the atom. Pure: takes what was traded, reads nothing.

A position is what was bought in one market and not sold there since. Moving money between wallets neither
adds to it nor takes from it: no price was paid or had. What is sold beyond it was acquired elsewhere at a
cost that nobody here knows; it is shown as uncovered, with its proceeds and without a profit.
"""

from typing import NamedTuple

from ledger.money import mul_div_floor


class Position(NamedTuple):
    """`cost_atoms` of quote were paid for `lots`, fees included."""

    lots: int
    cost_atoms: int


class Sale(NamedTuple):
    """`covered_lots` came out of the position at `cost_atoms`; the rest is uncovered. Proceeds are without
    the fee. `profit_atoms` is None where nothing was covered."""

    covered_lots: int
    cost_atoms: int
    profit_atoms: int | None
    uncovered_lots: int
    uncovered_proceeds_atoms: int


NOTHING = Position(0, 0)


def buy(position: Position, lots: int, paid_atoms: int) -> Position:
    """`paid_atoms`: the quote amount and the fee."""
    return Position(position.lots + lots, position.cost_atoms + paid_atoms)


def sell(position: Position, lots: int, received_atoms: int) -> tuple[Position, Sale]:
    """`received_atoms`: the quote amount less the fee.

    The cost of what is sold, and the proceeds of its covered part, are rounded down. What that leaves stays
    in the position's cost, or with the uncovered part: no atom is lost, and the last lot takes what is left.
    """
    covered = min(lots, position.lots)
    cost = mul_div_floor(position.cost_atoms, covered, position.lots) if covered else 0
    proceeds = mul_div_floor(received_atoms, covered, lots)
    sale = Sale(
        covered_lots=covered,
        cost_atoms=cost,
        profit_atoms=proceeds - cost if covered else None,
        uncovered_lots=lots - covered,
        uncovered_proceeds_atoms=received_atoms - proceeds,
    )
    return Position(position.lots - covered, position.cost_atoms - cost), sale


def average_cost_atoms(position: Position, lots_per_unit: int) -> int | None:
    """Of one whole unit of base, rounded down; None without a position."""
    if not position.lots:
        return None
    return mul_div_floor(position.cost_atoms, lots_per_unit, position.lots)
