"""Lists and their pages: orders, fills, transfers, trades."""

from typing import Any

import httpx
import pytest

from tests.api.house import MARKET, SMALL_MARKET
from tests.api.people import MakeTrader, Trader, field_of, order, refusal, succeeded


def pages(person: Trader, path: str, name: str, limit: int) -> list[list[Any]]:
    """Every page of a list, from the first to the last."""
    found: list[list[Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        joint = "&" if "?" in path else "?"
        page = person.get(f"{path}{joint}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        found.append(page[name])
        cursor = page["next_cursor"]
    return found


def joined(pages: list[list[Any]]) -> list[Any]:
    return [row for page in pages for row in page]


def test_orders_are_listed_latest_first_by_status_and_market(trader: MakeTrader) -> None:
    erin = trader("erin", BTC="1", USDB="1000")
    canceled, resting = (erin.place()["order"]["order_id"] for _ in range(2))
    other = erin.place(market=SMALL_MARKET, price="0.1", quantity="1")["order"]["order_id"]
    erin.delete(f"/api/v1/orders/{canceled}")

    def listed(query: str = "") -> list[str]:
        return [order["order_id"] for order in erin.get(f"/api/v1/orders{query}")["orders"]]

    assert listed() == [other, resting, canceled]
    assert listed("?status=open") == [other, resting]
    assert listed("?status=closed") == [canceled]
    assert listed(f"?market={MARKET}") == [resting, canceled]
    assert listed(f"?market={SMALL_MARKET}&status=closed") == []


def test_a_refused_order_is_not_in_the_list(carol: Trader) -> None:
    assert refusal(carol.try_order()) == (422, "INSUFFICIENT_FUNDS")
    assert carol.get("/api/v1/orders") == {"orders": [], "next_cursor": None}


@pytest.mark.parametrize("status", ["", "?status=open"])
def test_pages_have_no_gap_and_no_double_while_new_orders_arrive(alice: Trader, status: str) -> None:
    first = [alice.place()["order"]["order_id"] for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    joint = "&" if status else "?"
    while cursor is not None:
        path = f"/api/v1/orders{status}{joint}limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = alice.get(path)
        seen += [order["order_id"] for order in page["orders"]]
        cursor = page["next_cursor"]
        alice.place()
    assert seen == first[::-1]


def test_a_full_last_page_has_no_next(alice: Trader) -> None:
    for _ in range(4):
        alice.place()
    assert [len(page) for page in pages(alice, "/api/v1/orders", "orders", 2)] == [2, 2]


def test_a_page_has_fifty_rows_unless_asked_otherwise(client: httpx.Client, alice: Trader) -> None:
    for _ in range(51):
        alice.place(time_in_force="IOC")
    assert len(alice.get("/api/v1/orders")["orders"]) == 50
    assert len(alice.get("/api/v1/orders?limit=200")["orders"]) == 51


def test_fills_are_paged_across_markets_and_roles_without_gap_or_double(trader: MakeTrader) -> None:
    alice, bob = trader("alice", USDB="1000", BTC="1"), trader("bob", BTC="1", ETH="10")
    bob.place(side="SELL", quantity="0.05")
    alice.place(quantity="0.02")  # alice takes
    alice.place(quantity="0.02")
    bob.place(market=SMALL_MARKET, side="SELL", price="0.01", quantity="1")
    alice.place(market=SMALL_MARKET, price="0.01", quantity="1")
    alice.place(price="99", quantity="0.02")
    bob.place(side="SELL", price="99", quantity="0.02")  # alice makes
    whole = alice.get("/api/v1/fills")["fills"]
    assert [(fill["market"], fill["role"]) for fill in whole] == [
        (MARKET, "MAKER"),
        (SMALL_MARKET, "TAKER"),
        (MARKET, "TAKER"),
        (MARKET, "TAKER"),
    ]
    for limit in (1, 2, 3):
        assert joined(pages(alice, "/api/v1/fills", "fills", limit)) == whole
    only = joined(pages(alice, f"/api/v1/fills?market={MARKET}", "fills", 2))
    assert only == [fill for fill in whole if fill["market"] == MARKET]
    assert [fill["side"] for fill in bob.get("/api/v1/fills")["fills"]] == ["SELL"] * 4


def test_fills_of_one_order_at_one_moment_are_paged_too(alice: Trader, bob: Trader) -> None:
    for price in ("100", "101", "102", "103", "104"):
        bob.place(side="SELL", price=price, quantity="0.02")
    alice.place(price="104", quantity="0.1")
    prices = [fill["price"] for page in pages(alice, "/api/v1/fills", "fills", 2) for fill in page]
    assert prices == ["104.00", "103.00", "102.00", "101.00", "100.00"]


def test_trades_of_a_market_are_paged_latest_first(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", quantity="0.1")
    placed = [alice.place(quantity="0.02")["fills"][0]["trade_id"] for _ in range(5)]
    path = f"/api/v1/markets/{MARKET}/trades"
    first = succeeded(client.get(f"{path}?limit=3"))
    second = succeeded(client.get(f"{path}?limit=2&cursor={first['next_cursor']}"))
    assert [trade["trade_id"] for trade in first["trades"] + second["trades"]] == placed[::-1]
    assert {trade["taker_side"] for trade in first["trades"]} == {"BUY"}


def test_transfers_are_paged_latest_first(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="10")
    made = [succeeded(carol.move())["transfer"]["transfer_id"] for _ in range(5)]
    listed = joined(pages(carol, "/api/v1/transfers", "transfers", 2))
    assert [transfer["transfer_id"] for transfer in listed] == made[::-1]


LISTS = ["/api/v1/orders", "/api/v1/fills", "/api/v1/transfers", f"/api/v1/markets/{MARKET}/trades"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("limit=0", "OUT_OF_RANGE", "limit"),
        ("limit=-1", "OUT_OF_RANGE", "limit"),
        ("limit=201", "OUT_OF_RANGE", "limit"),
        ("limit=9223372036854775808", "OUT_OF_RANGE", "limit"),
        ("limit=" + "9" * 100, "OUT_OF_RANGE", "limit"),
        ("limit=1e2", "INVALID_NUMBER", "limit"),
        ("limit=+5", "INVALID_NUMBER", "limit"),
        ("limit=05", "INVALID_NUMBER", "limit"),
        ("limit=1.0", "INVALID_NUMBER", "limit"),
        ("limit=%EF%BC%95", "INVALID_NUMBER", "limit"),  # full width
        ("limit=", "INVALID_NUMBER", "limit"),
        ("cursor=", "INVALID_CURSOR", "cursor"),
        ("cursor=garbage", "INVALID_CURSOR", "cursor"),
        ("cursor=%00", "MALFORMED", ""),
        ("cursor=__________8", "INVALID_CURSOR", "cursor"),  # 2**64 - 1
        ("cursor=AAAAAAAAAAA=", "INVALID_CURSOR", "cursor"),
        ("cursor=AAAAAAAAAAB", "INVALID_CURSOR", "cursor"),  # another spelling of the same bytes
        ("cursor=" + "A" * 3000, "INVALID_CURSOR", "cursor"),
        ("cursor=-1", "INVALID_CURSOR", "cursor"),
        ("limit=1&limit=2", "DUPLICATE_PARAM", "limit"),
        ("limit=1&li%6Dit=2", "DUPLICATE_PARAM", "limit"),
        ("offset=1", "UNKNOWN_FIELD", "offset"),
        ("Limit=1", "UNKNOWN_FIELD", "Limit"),
        ("limit", "INVALID_QUERY", ""),
        ("=1", "INVALID_QUERY", ""),
        ("&", "INVALID_QUERY", ""),
        ("limit=%zz", "INVALID_QUERY", ""),
        ("limit=%ff", "INVALID_QUERY", ""),
        ("cursor=" + "A" * 4090, "INVALID_QUERY", ""),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    carol: Trader, path: str, query: str, code: str, field: str
) -> None:
    answer = carol.send("GET", f"{path}?{query}")
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/fills"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("market=btc-usdb", 400, "INVALID_SYMBOL"),
        ("market=XXX-YYY", 404, "MARKET_NOT_FOUND"),
        ("market=", 400, "INVALID_SYMBOL"),
        ("market=%27%20OR%201=1--", 400, "INVALID_SYMBOL"),
        ("market=BTC-USDB%0a", 400, "INVALID_SYMBOL"),
    ],
)
def test_a_list_of_no_market_is_refused(carol: Trader, path: str, query: str, status: int, code: str) -> None:
    answer = carol.send("GET", f"{path}?{query}")
    assert refusal(answer) == (status, code)
    assert field_of(answer) == "market"


def test_an_unknown_status_is_refused(carol: Trader) -> None:
    for status in ("OPEN", "new", ""):
        assert refusal(carol.send("GET", f"/api/v1/orders?status={status}")) == (400, "INVALID_CHOICE")


def test_cursors_of_one_list_do_not_open_another(alice: Trader) -> None:
    for _ in range(2):
        alice.place()
    cursor = alice.get("/api/v1/orders?limit=1")["next_cursor"]
    assert refusal(alice.send("GET", f"/api/v1/fills?cursor={cursor}")) == (400, "INVALID_CURSOR")


def test_nobody_sees_anothers_orders_fills_or_transfers(alice: Trader, bob: Trader, carol: Trader) -> None:
    bob.place(side="SELL")
    alice.place(**order(quantity="0.2"))
    cursor = alice.get("/api/v1/orders?limit=1")["next_cursor"] or "AAAAAAAAAAE"
    for path, name in [("orders", "orders"), ("fills", "fills"), ("transfers", "transfers")]:
        assert carol.get(f"/api/v1/{path}")[name] == []
    assert carol.get(f"/api/v1/orders?cursor={cursor}")["orders"] == []
