"""What the engine is told of a market, made from the values of its row: the one place where it is made."""

from collections.abc import Mapping
from typing import Any

from exchange.engine.commands import ChangeMarket, CreateMarket, change_market, create_market
from exchange.engine.types import INT64_MAX

PARAMETERS = ChangeMarket._fields[2:]  # those that may change in the life of a market
INT32_MAX = 2**31 - 1
_WIDE = ("_ticks", "_lots", "_atoms", "_ns")
COLUMNS = (
    "symbol",
    "base_asset",
    "quote_asset",
    "base_decimals",
    "quote_decimals",
    "price_decimals",
    "quantity_decimals",
    *PARAMETERS,
)

LEAST_WINDOW_NS = 10**9


def fits(parameters: Mapping[str, int]) -> bool:
    """Whether the columns can hold them: some are of 32 bits. A breaker's window of less than a second would
    fill the journal with ticks."""
    if 0 < parameters.get("breaker_window_ns", 0) < LEAST_WINDOW_NS:
        return False
    return all(
        abs(value) <= (INT64_MAX if name.endswith(_WIDE) else INT32_MAX) for name, value in parameters.items()
    )


def creating_command(row: Mapping[str, Any]) -> CreateMarket:
    """`row` has a value for each of COLUMNS."""
    return create_market(
        market=row["symbol"],
        base_asset=row["base_asset"],
        quote_asset=row["quote_asset"],
        base_atoms_per_lot=10 ** (row["base_decimals"] - row["quantity_decimals"]),
        quote_atoms_per_tick_lot=10
        ** (row["quote_decimals"] - row["price_decimals"] - row["quantity_decimals"]),
        **{name: row[name] for name in PARAMETERS},
    )


def changing_command(row: Mapping[str, Any]) -> ChangeMarket:
    """All parameters as this row has them."""
    return change_market(market=row["symbol"], **{name: row[name] for name in PARAMETERS})
