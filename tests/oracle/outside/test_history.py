"""What was: rounds by page and by time, candles of every interval, averages over any window."""

from typing import Any

import httpx
import pytest

from oracle.models import Minute, Round
from oracle.rules.quotes import PRICE_ONE
from tests.api.house import House
from tests.api.people import field_of, refusal, succeeded
from tests.oracle.outside.rounds import THREE, make_round, now_ms, price, same
from tests.support.waiting import until

PATH = "/api/v1/oracle"
MINUTE_MS = 60_000
MONDAY_MS = 1_700_438_400_000  # 2023-11-20


def rounds(client: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = succeeded(client.get(f"{PATH}/history?{query}"))["rounds"]
    return found


def made(*dollars: int) -> list[int]:
    """A round each second, the last one now. Gives their ids."""
    ages = range((len(dollars) - 1) * 1_000, -1, -1_000)
    return [
        make_round(same(each), age_ms=age_ms).view.round_id
        for each, age_ms in zip(dollars, ages, strict=True)
    ]


def test_rounds_come_latest_first_and_page_by_page(client: httpx.Client) -> None:
    ids = made(60_000, 60_010, 60_020, 60_030, 60_040)
    seen: list[str] = []
    cursor = ""
    while True:
        answer = succeeded(client.get(f"{PATH}/history?limit=2{cursor}"))
        seen += [row["round_id"] for row in answer["rounds"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert seen == [str(number) for number in reversed(ids)]


def test_a_round_says_what_came_of_it(client: httpx.Client) -> None:
    made(60_000)
    make_round(same(60_100, THREE[:2]))
    refused, accepted = rounds(client)
    assert (refused["price"], refused["confidence"]) == (None, None)
    assert (refused["refusal"], refused["halted"]) == ("INSUFFICIENT_SOURCES", False)
    assert (accepted["price"], accepted["confidence"]) == ("60000.00000000", "0.00000000")
    assert (accepted["refusal"], accepted["simulated"]) == (None, True)
    assert "sources" not in accepted


def test_sources_come_with_rounds_where_they_are_asked_for(client: httpx.Client) -> None:
    made(60_000)
    (row,) = rounds(client, "sources=true")
    kept = {one["name"]: one for one in row["sources"] if one["verdict"] == "KEPT"}
    assert set(kept) >= set(THREE)
    assert kept["simulated:1"]["price"] == "60000.00000000"
    assert kept["simulated:1"]["age_ms"] == 0  # as it was then, not as it is now


def test_rounds_are_cut_to_a_span_of_time(client: httpx.Client) -> None:
    made(1_000, 1_001, 1_002, 1_003)
    times = [row.time_ms for row in Round.objects.order_by("id")]
    between = rounds(client, f"start={times[1]}&end={times[3]}")
    assert [row["time_ms"] for row in between] == [times[2], times[1]]
    assert [row["time_ms"] for row in rounds(client, f"end={times[1]}")] == [times[0]]
    assert [row["time_ms"] for row in rounds(client, f"start={times[3]}")] == [times[3]]
    assert rounds(client, f"start={times[3] + 1}") == []
    assert rounds(client, f"start={times[1]}&end={times[1]}") == []


def minute(start_ms: int, *dollars: int, simulated: bool = False) -> None:
    prices = [each * PRICE_ONE for each in dollars]
    Minute.objects.create(
        start_ms=start_ms,
        open_e8=prices[0],
        high_e8=max(prices),
        low_e8=min(prices),
        close_e8=prices[-1],
        rounds=len(prices),
        is_simulated=simulated,
    )


def candles(client: httpx.Client, query: str) -> list[tuple[Any, ...]]:
    found = succeeded(client.get(f"{PATH}/candles?{query}"))["candles"]
    prices = ("open", "high", "low", "close")
    return [
        (row["start_ms"], *(int(float(row[name])) for name in prices), row["rounds"], row["simulated"])
        for row in found
    ]


def test_candles_are_made_of_minutes_and_gaps_have_the_close_before(client: httpx.Client) -> None:
    minute(MONDAY_MS, 100, 120, 90, 110)
    minute(MONDAY_MS + 2 * MINUTE_MS, 105, 104, simulated=True)
    minute(MONDAY_MS + 11 * MINUTE_MS, 200)
    span = f"start={MONDAY_MS}&end={MONDAY_MS + 15 * MINUTE_MS}"
    assert candles(client, f"interval=1m&{span}")[:4] == [
        (MONDAY_MS, 100, 120, 90, 110, 4, False),
        (MONDAY_MS + MINUTE_MS, 110, 110, 110, 110, 0, False),
        (MONDAY_MS + 2 * MINUTE_MS, 105, 105, 104, 104, 2, True),
        (MONDAY_MS + 3 * MINUTE_MS, 104, 104, 104, 104, 0, True),
    ]
    assert candles(client, f"interval=5m&{span}") == [
        (MONDAY_MS, 100, 120, 90, 104, 6, True),
        (MONDAY_MS + 5 * MINUTE_MS, 104, 104, 104, 104, 0, True),
        (MONDAY_MS + 10 * MINUTE_MS, 200, 200, 200, 200, 1, False),
    ]
    assert candles(client, f"interval=15m&{span}") == [(MONDAY_MS, 100, 200, 90, 200, 7, True)]


@pytest.mark.parametrize(
    ("interval", "width_ms"),
    [("1h", 3_600_000), ("4h", 14_400_000), ("1d", 86_400_000), ("1w", 604_800_000)],
)
def test_candles_are_half_open_and_weeks_begin_on_monday(
    client: httpx.Client, interval: str, width_ms: int
) -> None:
    minute(MONDAY_MS - MINUTE_MS, 50)
    minute(MONDAY_MS, 100)
    minute(MONDAY_MS + width_ms - MINUTE_MS, 101)
    minute(MONDAY_MS + width_ms, 102)
    found = candles(client, f"interval={interval}&start={MONDAY_MS}&end={MONDAY_MS + 2 * width_ms}")
    assert found == [
        (MONDAY_MS, 100, 101, 100, 101, 2, False),
        (MONDAY_MS + width_ms, 102, 102, 102, 102, 1, False),
    ]
    assert candles(client, f"interval={interval}&end={MONDAY_MS}&limit=1")[0][1] == 50


def test_without_a_start_the_latest_candles_come(client: httpx.Client) -> None:
    this_minute = now_ms() // MINUTE_MS * MINUTE_MS
    minute(this_minute - 5 * MINUTE_MS, 100)
    made(60_000)
    found = candles(client, "interval=1m&limit=3")
    assert len(found) == 3
    assert found[-1][4] == 60_000
    assert found[0][1:6] == (100, 100, 100, 100, 0)


def test_before_the_first_price_there_is_no_candle(client: httpx.Client) -> None:
    assert candles(client, "interval=1d") == []
    minute(MONDAY_MS, 100)
    assert candles(client, f"interval=1m&end={MONDAY_MS}") == []
    assert candles(client, "interval=1m&start=0&limit=1") == [(MONDAY_MS, 100, 100, 100, 100, 1, False)]


def average(client: httpx.Client, window_s: int) -> dict[str, Any]:
    found: dict[str, Any] = succeeded(client.get(f"{PATH}/twap?window={window_s}"))
    return found


def naive_average(window_ms: int) -> int:
    """Millisecond by millisecond."""
    rows = list(Round.objects.order_by("id").values_list("time_ms", "price_e8"))
    end_ms, price, total, count = rows[-1][0], None, 0, 0
    accepted = {time_ms: price_e8 for time_ms, price_e8 in rows if price_e8 is not None}
    for moment in range(rows[0][0], end_ms):
        price = accepted.get(moment, price)
        if price is not None and moment >= end_ms - window_ms:
            total, count = total + price, count + 1
    return total // count


def test_an_average_weighs_each_price_by_its_time(client: httpx.Client) -> None:
    made(60_000, 60_100, 60_333, 60_077)
    make_round(same(61_000, THREE[:2]))  # refused: the price before it goes on
    for window_s in (1, 2, 3, 3_600):
        found = average(client, window_s)
        assert round(float(found["twap"]) * PRICE_ONE) == naive_average(window_s * 1_000)
        assert found["covered_ms"] == min(
            window_s * 1_000, found["end_ms"] - Round.objects.earliest("id").time_ms
        )
        assert found["end_ms"] - found["start_ms"] == found["window_ms"] == window_s * 1_000
        assert found["simulated"] is True


def test_the_policys_window_gives_the_average_that_the_price_has(house: House, client: httpx.Client) -> None:
    latest = str(made(60_000, 60_100, 60_333, 60_077)[-1])
    until(lambda: price(house)["round"]["round_id"] == latest)
    shown = succeeded(client.get(f"{PATH}/price"))
    assert average(client, 3_600)["twap"] == shown["twap"]
    assert average(client, 3_600)["covered_ms"] == shown["twap_covered_ms"]


def test_an_average_of_nothing_is_none(client: httpx.Client) -> None:
    found = average(client, 60)
    assert (found["twap"], found["covered_ms"], found["simulated"]) == (None, 0, False)
    make_round(same(60_000, THREE[:2]))
    assert average(client, 60)["twap"] is None


def test_one_price_is_its_own_average(client: httpx.Client) -> None:
    made(60_000)
    found = average(client, 60)
    assert (found["twap"], found["covered_ms"]) == ("60000.00000000", 0)


@pytest.mark.parametrize(
    ("path", "code", "field"),
    [
        ("history?limit=0", "OUT_OF_RANGE", "limit"),
        ("history?limit=201", "OUT_OF_RANGE", "limit"),
        ("history?cursor=AAAA", "INVALID_CURSOR", "cursor"),
        ("history?sources=1", "INVALID_CHOICE", "sources"),
        ("history?start=2&end=1", "INVALID_TIME", "start"),
        ("history?start=1e5", "INVALID_TIME", "start"),
        ("candles", "MISSING_FIELD", "interval"),
        ("candles?interval=1s", "INVALID_CHOICE", "interval"),
        ("candles?interval=1M", "INVALID_CHOICE", "interval"),
        ("candles?interval=1m&limit=1001", "OUT_OF_RANGE", "limit"),
        ("candles?interval=1m&end=1700000000000000", "INVALID_TIME", "end"),
        ("twap?window=0", "OUT_OF_RANGE", "window"),
        ("twap?window=604801", "OUT_OF_RANGE", "window"),
        ("twap?window=1.5", "INVALID_NUMBER", "window"),
        ("twap?window=NaN", "INVALID_NUMBER", "window"),
        ("twap?window=60&window=60", "DUPLICATE_PARAM", "window"),
    ],
)
def test_what_cannot_be_is_refused(client: httpx.Client, path: str, code: str, field: str) -> None:
    answer = client.get(f"{PATH}/{path}")
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field
