"""A maker whose six orders are the book."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.market.scene import quote
from tests.browser.people import Person


@pytest.fixture
def maker(person: Callable[..., Person]) -> Iterator[Person]:
    one = person("maker", BTC="20", USDB="1000000")
    quote(one.trader)
    yield one
    one.trader.delete("/api/v1/orders")
