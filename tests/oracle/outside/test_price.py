"""The price over HTTP: what it is, how it came about, and what may be done with it."""

from typing import Any

import httpx
import pytest

from tests.api.people import succeeded
from tests.oracle.outside.rounds import THREE, calm, halt, make_round, now_ms, resume, same
from tests.support.waiting import until

NOBODY = {"mint": False, "liquidate": False, "display": True}
EVERYBODY = {"mint": True, "liquidate": True, "display": True}


def price(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = succeeded(client.get("/api/v1/oracle/price"))
    return found


def after(client: httpx.Client, round_id: int) -> dict[str, Any]:
    """What is said once the round is known."""
    until(lambda: price(client)["round"]["round_id"] == str(round_id))
    return price(client)


def test_before_the_first_round_there_is_a_clear_no(client: httpx.Client) -> None:
    shown = price(client)
    assert (shown["state"], shown["price"], shown["age_ms"]) == ("STALE", None, None)
    assert shown["reason"] == "NO_ROUNDS"
    assert shown["may"] == NOBODY
    assert shown["mint"] == {"price": None, "refusal": "ORACLE_UNAVAILABLE"}
    assert shown["liquidation"] == {"lower": None, "upper": None, "refusal": "ORACLE_UNAVAILABLE"}
    assert (shown["sources"], shown["simulated"]) == ([], False)


def test_a_fresh_price_says_everything_about_itself(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=2_000)
    decided = make_round({"simulated:1": 60_000, "simulated:2": 60_010, "simulated:3": 60_030})
    shown = after(client, decided.view.round_id)
    assert (shown["base"], shown["currency"], shown["price"]) == ("BTC", "USD", "60010.00000000")
    assert (shown["state"], shown["reason"], shown["may"]) == ("FRESH", None, EVERYBODY)
    assert shown["confidence"] == "7.50000000"  # half of the distance between the quartiles
    assert shown["simulated"] is True
    assert shown["origin"] == "LIVE"
    assert 0 <= shown["age_ms"] <= now_ms() - shown["price_time_ms"]
    assert shown["round"] == {
        "round_id": str(decided.view.round_id),
        "time_ms": decided.view.round_ms,
        "refusal": None,
    }
    assert shown["twap"] == "60000.00000000"
    assert shown["twap_covered_ms"] == decided.view.twap_covered_ms > 0
    assert shown["mint"] == {"price": "60000.00000000", "refusal": None}  # the average is lower
    assert shown["liquidation"] == {"lower": "60000.00000000", "upper": "60017.50000000", "refusal": None}


def test_every_source_is_shown_with_what_became_of_it(client: httpx.Client) -> None:
    decided = make_round({"simulated:1": 60_000, "simulated:2": 60_012, "simulated:3": 60_024})
    shown = after(client, decided.view.round_id)
    sources = {one["name"]: one for one in shown["sources"]}
    assert set(sources) == {*THREE, "kraken:USDT/USD"}
    second = sources["simulated:2"]
    assert (second["verdict"], second["quote"], second["price"]) == (
        "KEPT",
        "60012.00000000",
        "60012.00000000",
    )
    assert (second["base"], second["currency"], second["weight"], second["deviation_ppm"]) == (
        "BTC",
        "USD",
        1,
        0,
    )
    assert (sources["simulated:1"]["deviation_ppm"], sources["simulated:3"]["deviation_ppm"]) == (-200, 199)
    assert second["age_ms"] >= 0


def test_a_source_that_is_missing_degrades_the_price_and_stops_nobody(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=2_000)
    make_round({**same(60_000, THREE[:2])}, age_ms=1_000)
    shown = after(client, make_round({**same(60_000), "simulated:3": 70_000}).view.round_id)
    assert shown["state"] == "DEGRADED"
    third = next(one for one in shown["sources"] if one["name"] == "simulated:3")
    assert (third["verdict"], third["deviation_ppm"]) == ("DEVIATES", 166_666)
    assert shown["round"]["refusal"] == "DISPERSED"  # two are left of three


def test_a_refused_round_leaves_the_last_price_to_be_looked_at_only(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=3_000)
    shown = after(client, make_round(same(60_100, THREE[:2])).view.round_id)
    assert (shown["state"], shown["reason"]) == ("DEGRADED", "INSUFFICIENT_SOURCES")
    assert shown["price"] == "60000.00000000"
    assert shown["age_ms"] >= 3_000
    assert shown["may"] == NOBODY
    assert shown["mint"]["refusal"] == shown["liquidation"]["refusal"] == "ORACLE_DEGRADED"
    absent = next(one for one in shown["sources"] if one["name"] == "simulated:3")
    assert (absent["verdict"], absent["quote"], absent["age_ms"]) == ("ABSENT", None, None)
    assert "TIMED_OUT" in absent["detail"]


def test_a_price_that_nobody_has_confirmed_liquidates_nobody(client: httpx.Client) -> None:
    shown = after(client, make_round(same(60_000)).view.round_id)
    assert shown["may"] == EVERYBODY
    assert shown["liquidation"]["refusal"] == "ORACLE_UNCONFIRMED"
    assert shown["mint"]["price"] == "60000.00000000"


def test_an_old_price_is_stale_and_still_shown(client: httpx.Client) -> None:
    shown = after(client, make_round(same(60_000), age_ms=10_500).view.round_id)
    assert (shown["state"], shown["reason"]) == ("STALE", "NO_ROUNDS")
    assert shown["price"] == "60000.00000000"
    assert shown["age_ms"] >= 10_500
    assert shown["may"] == NOBODY
    assert shown["mint"]["refusal"] == "ORACLE_STALE"
    assert all(one["age_ms"] >= 10_500 for one in shown["sources"])


def test_a_price_that_grew_old_while_rounds_were_refused_says_why(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=10_500)
    shown = after(client, make_round(same(60_100, THREE[:2])).view.round_id)
    assert (shown["state"], shown["reason"], shown["may"]) == ("STALE", "INSUFFICIENT_SOURCES", NOBODY)
    assert shown["mint"]["refusal"] == "ORACLE_STALE"


def test_a_fall_pauses_liquidations_until_an_operator_ends_it(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=6_000)
    make_round(same(55_000), age_ms=4_000)
    make_round(same(53_000), age_ms=2_000)
    shown = after(client, make_round(same(53_000)).view.round_id)
    assert (shown["state"], shown["reason"]) == ("DEGRADED", "LIQUIDATIONS_PAUSED")
    assert shown["may"] == {"mint": True, "liquidate": False, "display": True}
    assert shown["liquidation"]["refusal"] == "ORACLE_PAUSED"
    state = succeeded(client.get("/api/v1/oracle/state"))
    (pause,) = state["pauses"]
    (incident,) = state["open_incidents"]
    assert pause == {"kind": "LIQUIDATIONS_PAUSED", "until_ms": incident["until_ms"]}
    assert (incident["from_price"], incident["to_price"]) == ("60000.00000000", "53000.00000000")
    assert incident["move_ppm"] == -116_667
    calm(int(incident["incident_id"]))
    until(lambda: price(client)["state"] == "FRESH")
    state = succeeded(client.get("/api/v1/oracle/state"))
    assert (state["pauses"], state["open_incidents"]) == ([], [])
    assert state["latest_incidents"][0]["ended_ms"] > 0


def test_a_jump_halts_until_two_operators_have_looked(client: httpx.Client) -> None:
    make_round(same(60_000), age_ms=4_000)
    make_round(same(80_000), age_ms=2_000)
    until(lambda: price(client)["state"] == "HALTED")
    state = succeeded(client.get("/api/v1/oracle/state"))
    assert (state["reason"], state["may"]) == ("JUMP", NOBODY)
    assert (state["halt"]["from_price"], state["halt"]["to_price"]) == ("60000.00000000", "80000.00000000")
    assert (state["halt"]["jump_ppm"], state["halt"]["needs_two"]) == (333_333, True)
    (incident,) = state["open_incidents"]
    assert (incident["kind"], incident["until_ms"]) == ("HALT", None)
    assert price(client)["price"] == "60000.00000000"
    resume(int(incident["incident_id"]), "olivia")
    assert price(client)["state"] == "HALTED"
    resume(int(incident["incident_id"]), "oscar")
    until(lambda: price(client)["state"] != "HALTED")
    shown = after(client, make_round(same(80_000)).view.round_id)
    assert shown["price"] == "80000.00000000"


def test_an_operators_halt_is_known_at_once_without_a_round(client: httpx.Client) -> None:
    make_round(same(60_000))
    halt("the feeds are being moved")
    until(lambda: price(client)["reason"] == "the feeds are being moved")
    shown = price(client)
    assert (shown["state"], shown["mint"]["refusal"]) == ("HALTED", "ORACLE_HALTED")


def test_the_table_of_who_may_act_is_told(client: httpx.Client) -> None:
    table = {(row["state"], row["reason"]): row["may"] for row in client_state(client)["who_may"]}
    assert table["FRESH", None] == table["DEGRADED", "SOURCES_MISSING"] == EVERYBODY
    assert table["STALE", None] == table["HALTED", None] == table["DEGRADED", "WIDE_CONFIDENCE"] == NOBODY
    assert table["STALE", "NO_ROUNDS"] == table["STALE", "INSUFFICIENT_SOURCES"] == NOBODY
    assert table["DEGRADED", "MINTING_PAUSED"] == {"mint": False, "liquidate": True, "display": True}


def client_state(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = succeeded(client.get("/api/v1/oracle/state"))
    return found


@pytest.mark.parametrize("path", ["price", "state", "history", "candles?interval=1m", "twap"])
def test_no_key_is_needed_and_nothing_else_is_taken(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/v1/oracle/{path}").is_success
    joint = "&" if "?" in path else "?"
    answer = client.get(f"/api/v1/oracle/{path}{joint}verbose=1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UNKNOWN_FIELD")
    assert client.post(f"/api/v1/oracle/{path}", json={}).status_code == 405
