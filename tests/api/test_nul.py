"""A NUL in a URL, which no text in the database can hold, is refused at the door, whoever would answer."""

import httpx
import pytest

from tests.api.house import House
from tests.api.people import Trader, refusal

PAGES = [
    "/admin/exchange/order/?pk=%00",
    "/admin/exchange/order/?q=a%00b",
    "/admin/exchange/order/%00/change/",
    "/admin/login/?next=%00",
    "/docs%00",
    "/health?%00",
]


@pytest.mark.parametrize("target", PAGES)
def test_pages_are_not_asked(house: House, target: str) -> None:
    answer = httpx.get(f"{house.url}{target}", timeout=10)
    assert answer.status_code == 400
    assert "NUL" in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/time%00",
        "/api/v1/time?%00",
        "/api/v1/time?a=%00",
        "/api/v1/markets/BTC%00USDB/book",
        "/api/%00",
    ],
)
def test_the_api_is_not_asked(carol: Trader, target: str) -> None:
    assert refusal(carol.send("GET", target)) == (400, "MALFORMED")


@pytest.mark.parametrize("target", ["/api/v1/orders?status=%2500", "/api/v1/orders?market=%01"])
def test_what_only_looks_like_one_is_judged_as_it_is(carol: Trader, target: str) -> None:
    status, code = refusal(carol.send("GET", target))
    assert (status, code) != (400, "MALFORMED")
