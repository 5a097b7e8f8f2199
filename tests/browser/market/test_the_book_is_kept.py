"""The book in the browser: what frames make of it, when one is missing, and its rows by steps."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.market.modules import ask

pytestmark = pytest.mark.long
SNAPSHOT = {
    "type": "snapshot",
    "sequence": 10,
    "time_ms": 1,
    "bids": [["100.00", "1.00000"], ["99.50", "2.00000"], ["98.00", "4.00000"]],
    "asks": [["100.10", "0.50000"], ["101.20", "3.00000"]],
}
KEPT = """({Book}, {frames, count, group}) => {
  const book = new Book({priceDecimals: 2, quantityDecimals: 5});
  const fits = frames.map((frame) => book.apply(frame));
  const rows = (side) => book.rows(side, count ?? 9, BigInt(group ?? 1)).map((row) =>
    [Number(row.price), Number(row.lots), Number(row.total)]);
  return {fits, sequence: book.sequence, bids: rows('bids'), asks: rows('asks'),
    spread: book.spread === null ? null : Number(book.spread)};
}"""


@pytest.fixture(scope="module")
def page(site: Any, browser: Any) -> Iterator[Page]:
    page = browser.new_page(base_url=site.url)
    page.goto("/trade")
    yield page
    page.close()


def kept(page: Page, *frames: dict[str, Any], **how: int) -> Any:
    return ask(page, "trade/book.js", KEPT, {"frames": list(frames), **how})


def update(first: int, last: int, **levels: list[list[str]]) -> dict[str, Any]:
    return {
        "type": "update",
        "first_sequence": first,
        "sequence": last,
        "time_ms": 2,
        "bids": [],
        "asks": [],
        **levels,
    }


def test_a_snapshot_is_the_whole_book(page: Page) -> None:
    book = kept(page, SNAPSHOT)

    assert book["bids"] == [
        [10_000, 100_000, 100_000],
        [9_950, 200_000, 300_000],
        [9_800, 400_000, 700_000],
    ]
    assert book["asks"] == [[10_010, 50_000, 50_000], [10_120, 300_000, 350_000]]
    assert (book["sequence"], book["spread"]) == (10, 10)


def test_an_update_says_what_rests_at_a_price_now(page: Page) -> None:
    news = update(11, 12, bids=[["100.05", "0.10000"], ["99.50", "0.00000"]], asks=[["100.10", "0.40000"]])

    book = kept(page, SNAPSHOT, news)

    assert [row[:2] for row in book["bids"]] == [[10_005, 10_000], [10_000, 100_000], [9_800, 400_000]]
    assert book["asks"][0] == [10_010, 40_000, 40_000]
    assert (book["fits"], book["sequence"]) == (["next", "next"], 12)


@pytest.mark.parametrize(
    ("first", "last", "fit"), [(9, 10, "old"), (5, 11, "next"), (11, 11, "next"), (12, 13, "gap")]
)
def test_an_update_goes_on_or_is_old_or_one_before_it_is_missing(
    page: Page, first: int, last: int, fit: str
) -> None:
    assert kept(page, SNAPSHOT, update(first, last))["fits"][1] == fit


def test_a_gap_changes_nothing_and_a_snapshot_heals_it(page: Page) -> None:
    gap = update(20, 21, bids=[["100.00", "0.00000"]])

    assert kept(page, SNAPSHOT, gap)["bids"][0] == [10_000, 100_000, 100_000]
    assert kept(page, SNAPSHOT, gap, {**SNAPSHOT, "sequence": 30, "bids": []})["bids"] == []


def test_an_update_before_the_first_snapshot_is_left_out(page: Page) -> None:
    assert kept(page, update(1, 2, bids=[["1.00", "1.00000"]]))["bids"] == []


def test_a_level_that_is_not_there_can_go(page: Page) -> None:
    assert len(kept(page, SNAPSHOT, update(11, 11, asks=[["555.00", "0.00000"]]))["asks"]) == 2


def test_bids_are_put_down_to_a_step_and_asks_up(page: Page) -> None:
    book = kept(page, SNAPSHOT, group=100)

    assert book["bids"] == [
        [10_000, 100_000, 100_000],
        [9_900, 200_000, 300_000],
        [9_800, 400_000, 700_000],
    ]
    assert book["asks"] == [[10_100, 50_000, 50_000], [10_200, 300_000, 350_000]]


def test_only_so_many_rows_are_made_each_whole(page: Page) -> None:
    assert kept(page, SNAPSHOT, group=200, count=1)["bids"] == [[10_000, 100_000, 100_000]]
    assert kept(page, SNAPSHOT, group=1_000, count=1)["asks"] == [[11_000, 350_000, 350_000]]


def test_many_updates_leave_the_prices_in_their_order(page: Page) -> None:
    """Against a plain sort, by a made-up but fixed order of 400 changes."""
    book = ask(
        page,
        "trade/book.js",
        """({Book}) => {
          const book = new Book({priceDecimals: 0, quantityDecimals: 0});
          book.apply({type: 'snapshot', sequence: 0, time_ms: 0, bids: [], asks: []});
          const plain = new Map();
          let seed = 7;
          for (let number = 1; number <= 400; number += 1) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            const price = 1 + (seed % 50);
            const lots = seed % 3;
            if (lots) plain.set(price, lots); else plain.delete(price);
            const levels = [[String(price), String(lots)]];
            book.apply({type: 'update', first_sequence: number, sequence: number, time_ms: 0,
              bids: levels, asks: levels});
          }
          const wanted = [...plain.keys()].sort((a, b) => a - b);
          const prices = (side) => [...book[side].levels()].map(([price]) => Number(price));
          return {asks: prices('asks'), bids: prices('bids'), wanted};
        }""",
    )

    assert book["asks"] == book["wanted"]
    assert book["bids"] == book["wanted"][::-1]


def test_steps_to_choose_from_are_round_and_end_at_a_hundredth_of_the_price(page: Page) -> None:
    groups = ask(
        page, "trade/book.js", "({groupsOf}) => groupsOf(1n, 6_512_612n).map((step) => Number(step))"
    )

    assert groups == [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000]
