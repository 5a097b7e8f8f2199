"""Whatever stands for money, a price or a quantity has Binance's eight decimals, and is made in one place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

import exchange.compat.binance as surface
from exchange.compat.binance.amounts import amount_text, level_texts
from exchange.models import Market

# They write percents, rates and averages, whose decimals are their own.
MAKERS = {"amounts.py", "commissions.py", "exchange_info.py", "ticker_words.py"}


@given(some.integers(-(10**30), 10**30), some.integers(0, 10))
def test_a_number_has_eight_decimals_and_is_never_rounded(atoms: int, decimals: int) -> None:
    whole, _, places = amount_text(atoms, decimals).partition(".")
    assert len(places) == (max(8, decimals) if atoms else 8)
    assert int(whole + places) * 10**decimals == atoms * 10 ** len(places)


@pytest.mark.parametrize("decimals", range(11))
def test_nothing_is_one_text_for_all(decimals: int) -> None:
    assert amount_text(0, decimals) == "0.00000000"


def test_levels_keep_their_order() -> None:
    market = Market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    assert level_texts([(10_001, 5), (9_900, 0)], market) == [
        ["100.01000000", "0.00005000"],
        ["99.00000000", "0.00000000"],
    ]


def test_no_other_module_makes_text_of_amounts() -> None:
    folder = Path(surface.__file__).parent
    names = ("format_atoms", "render_price", "render_quantity", "render_levels")
    makers = {path.name for path in folder.rglob("*.py") if any(name in path.read_text() for name in names)}
    assert makers == MAKERS
