"""Statements: every posting with its balance, every trade with its profit, page by page or as CSV."""

import csv
import io
import time
from typing import Any

import pytest

from tests.api.people import MakeTrader, Trader, field_of, refusal

LEDGER = "/api/v1/statements/ledger"
TRADES = "/api/v1/statements/trades"


def pages(person: Trader, path: str, name: str, limit: int) -> list[dict[str, Any]]:
    """Every row, by pages of so many."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        joint = "&" if "?" in path else "?"
        page = person.get(f"{path}{joint}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert len(page[name]) <= limit
        rows += page[name]
        cursor = page["next_cursor"]
    return rows


def as_csv(person: Trader, path: str, **headers: str) -> list[dict[str, str]]:
    answer = person.send("GET", path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def plain(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


@pytest.fixture
def traded(trader: MakeTrader) -> Trader:
    """Erin bought at 100 and at 200 and sold at 180; her fees are 5 basis points as taker, 2 as maker."""
    erin, dave = trader("erin", USDB="1000", BTC="1"), trader("dave", USDB="1000", BTC="1")
    for side, price, quantity in [("BUY", "100", "0.1"), ("BUY", "200", "0.1"), ("SELL", "180", "0.1")]:
        dave.place(side="SELL" if side == "BUY" else "BUY", price=price, quantity=quantity)
        erin.place(side=side, price=price, quantity=quantity)
    dave.place(price="190", quantity="0.2")
    erin.place(side="SELL", price="190", quantity="0.2")
    return erin


def test_every_posting_of_ones_wallets_is_told_with_its_balance(traded: Trader) -> None:
    rows = traded.get(LEDGER)["postings"]
    usdb = [row for row in rows if (row["asset"], row["wallet"]) == ("USDB", "TRADING")]
    assert [(row["code"], row["amount"], row["balance"]) for row in usdb] == [
        ("TRADE", "37.98100000", "1025.95700000"),
        ("TRADE", "17.99100000", "987.97600000"),
        ("TRADE", "-20.01000000", "969.98500000"),
        ("TRADE", "-10.00500000", "989.99500000"),
        ("TO_TRADING", "1000.00000000", "1000.00000000"),
    ]
    for wallet in ("FUNDING", "TRADING"):
        for asset in ("BTC", "USDB"):
            mine = [row for row in rows if (row["asset"], row["wallet"]) == (asset, wallet)]
            holding = traded.holding(asset)
            now = holding["funding_available" if wallet == "FUNDING" else "trading_free"]
            assert mine[0]["balance"] == now
            assert sum(_atoms(row["amount"]) for row in mine) == _atoms(now)
            assert mine[-1]["balance"] == mine[-1]["amount"]


def _atoms(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_pages_of_both_statements_have_no_gap_and_no_double(traded: Trader, limit: int) -> None:
    postings = traded.get(f"{LEDGER}?limit=200")["postings"]
    assert pages(traded, LEDGER, "postings", limit) == postings
    assert len({row["posting_id"] for row in postings}) == len(postings)
    trades = traded.get(f"{TRADES}?limit=200")["trades"]
    assert pages(traded, TRADES, "trades", limit) == trades
    assert len(trades) == 4


def test_profit_is_by_average_cost_and_the_rest_is_uncovered(traded: Trader) -> None:
    first, second, sold, beyond = traded.get(TRADES)["trades"]
    assert (first["position_cost"], first["average_cost"], first["profit"]) == (
        "10.00500000",
        "100.05000000",
        None,
    )
    assert (second["position_cost"], second["average_cost"]) == ("30.01500000", "150.07500000")
    # 18 less 0.009 of fee, for half of 30.015
    assert (sold["cost"], sold["profit"]) == ("15.00750000", "2.98350000")
    assert (sold["position_quantity"], sold["uncovered_quantity"]) == ("0.10000", "0.00000")
    # 38 less 0.019 of fee for 0.2, of which 0.1 was bought here
    assert (beyond["cost"], beyond["profit"]) == ("15.00750000", "3.98300000")
    assert (beyond["uncovered_quantity"], beyond["uncovered_proceeds"]) == ("0.10000", "18.99050000")
    assert (beyond["position_quantity"], beyond["position_cost"], beyond["average_cost"]) == (
        "0.00000",
        "0.00000000",
        None,
    )


def test_a_statement_of_a_span_knows_what_was_before_it(traded: Trader) -> None:
    rows = traded.get(TRADES)["trades"]
    start, end = rows[1]["time_ms"], rows[3]["time_ms"]
    assert traded.get(f"{TRADES}?start={start}&end={end}")["trades"] == rows[1:3]
    assert traded.get(f"{TRADES}?end={start}")["trades"] == rows[:1]
    assert traded.get(f"{TRADES}?market=ETH-BTC")["trades"] == []
    postings = traded.get(LEDGER)["postings"]
    middle = postings[4]["time_ms"]
    later = [row for row in postings if row["time_ms"] >= middle]
    assert traded.get(f"{LEDGER}?start={middle}")["postings"] == later
    assert traded.get(f"{LEDGER}?end={middle}")["postings"] == postings[len(later) :]
    tomorrow = time.time_ns() // 1_000_000 + 86_400_000
    assert traded.get(f"{LEDGER}?start={tomorrow}")["postings"] == []
    assert traded.get(f"{TRADES}?start={tomorrow}")["trades"] == []


def test_as_csv_a_statement_is_whole(traded: Trader) -> None:
    postings, trades = traded.get(LEDGER)["postings"], traded.get(TRADES)["trades"]
    assert as_csv(traded, f"{LEDGER}?format=csv&limit=1") == plain(postings)
    assert as_csv(traded, LEDGER, Accept="text/csv") == plain(postings)
    assert as_csv(traded, f"{TRADES}?format=csv") == plain(trades)
    assert traded.send("GET", f"{TRADES}?format=json", headers={"Accept": "text/csv"}).json()


def test_nobody_sees_anothers_statement(traded: Trader, carol: Trader) -> None:
    assert carol.get(LEDGER) == {"postings": [], "next_cursor": None}
    cursor = traded.get(f"{TRADES}?limit=1")["next_cursor"]
    assert carol.get(f"{TRADES}?cursor={cursor}") == {"trades": [], "next_cursor": None}
    assert as_csv(carol, f"{TRADES}?format=csv") == []


@pytest.mark.parametrize("path", [LEDGER, TRADES])
@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("start=abc", "INVALID_TIME", "start"),
        ("start=-1", "INVALID_TIME", "start"),
        ("end=253402300799000", "INVALID_TIME", "end"),
        ("start=1700000000000000", "INVALID_TIME", "start"),
        ("start=2&end=1", "INVALID_TIME", "start"),
        ("limit=201", "OUT_OF_RANGE", "limit"),
        ("limit=0", "OUT_OF_RANGE", "limit"),
        ("cursor=AAAAAAAAAAE", "INVALID_CURSOR", "cursor"),
        ("cursor=x", "INVALID_CURSOR", "cursor"),
        ("format=pdf", "INVALID_CHOICE", "format"),
        ("format=csv&format=csv", "DUPLICATE_PARAM", "format"),
        ("from=1", "UNKNOWN_FIELD", "from"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(
    carol: Trader, path: str, query: str, code: str, field: str
) -> None:
    answer = carol.send("GET", f"{path}?{query}")
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field
