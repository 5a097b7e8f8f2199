"""A book that is kept by messages is what the messages say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballast_sdk import LocalBook, Notice
from ballast_sdk.messages import BookSnapshot, BookUpdate, Level

PRICES = st.integers(1, 12).map(lambda price: f"{price}.50")
LEVELS = st.lists(st.tuples(PRICES, st.sampled_from(["0.00000", "1.00000", "2.50000"])), max_size=8)


def snapshot(sequence: int, bids: list[Level], asks: list[Level]) -> BookSnapshot:
    return BookSnapshot(market="BTC-USDB", sequence=sequence, time_ms=0, bids=bids, asks=asks)


def update(first: int, sequence: int, bids: list[Level], asks: list[Level]) -> BookUpdate:
    return BookUpdate(
        market="BTC-USDB", first_sequence=first, sequence=sequence, time_ms=0, bids=bids, asks=asks
    )


@given(st.lists(st.tuples(LEVELS, LEVELS), max_size=8))
def test_it_is_the_last_quantity_of_every_price(steps: list[tuple[list[Level], list[Level]]]) -> None:
    local = LocalBook()
    local.apply(snapshot(0, [], []))
    wanted: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for number, step in enumerate(steps, 1):
        local.apply(update(number, number, *step))
        for half, levels in zip(wanted, step, strict=True):
            half.update(levels)
    kept = [{price: quantity for price, quantity in half.items() if quantity != "0.00000"} for half in wanted]
    assert dict(local.bids()) == kept[0]
    assert dict(local.asks()) == kept[1]
    assert [float(price) for price, _ in local.bids()] == sorted(map(float, kept[0]), reverse=True)
    assert [float(price) for price, _ in local.asks()] == sorted(map(float, kept[1]))
    assert local.best_bid == next(iter(local.bids(1)), None)
    assert local.best_ask == next(iter(local.asks(1)), None)


def test_prices_are_ordered_as_numbers() -> None:
    local = LocalBook()
    local.apply(snapshot(1, [("9.50", "1"), ("10.50", "1")], [("100.00", "1"), ("20.00", "1")]))
    assert [price for price, _ in local.bids()] == ["10.50", "9.50"]
    assert local.best_ask == ("20.00", "1")


def test_what_is_old_is_ignored() -> None:
    local = LocalBook()
    assert not local.apply(update(1, 1, [("1", "1")], []))
    local.apply(snapshot(5, [], []))
    assert not local.apply(update(4, 5, [("1", "1")], []))
    assert local.bids() == []
    assert local.apply(update(6, 7, [("1", "1")], []))
    assert local.sequence == 7


@pytest.mark.parametrize("kind", ["disconnected", "resync", "stale"])
def test_it_says_when_it_may_be_old(kind: Any) -> None:
    local = LocalBook()
    assert not local.is_current
    local.apply(snapshot(5, [], []))
    currency = [local.is_current]
    local.apply(Notice(kind=kind))
    assert [*currency, local.is_current] == [True, False]
