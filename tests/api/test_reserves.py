"""Reserves over the API: what everybody sees, and what only each customer sees of himself."""

from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.api.people import MakeTrader, Trader, refusal
from tests.vaults.reserves.holders import script
from vaults.models import ReserveSnapshot
from vaults.reserves.snapshots import take_snapshot

RESERVES = "/api/v1/reserves"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def taken(alice: Trader) -> ReserveSnapshot:
    """With Alice in it."""
    return take_snapshot(timezone.now())


def seen(client: httpx.Client, path: str = "", **query: Any) -> Any:
    answer = client.get(RESERVES + path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everybody_sees_what_is_owed_and_what_stands_behind_it(
    client: httpx.Client, taken: ReserveSnapshot
) -> None:
    shown = seen(client)
    assert shown["demo"] is True
    dollars = next(one for one in shown["assets"] if one["asset"] == "USDB")
    assert {one["purpose"] for one in dollars["lines"]} >= {"FUNDING", "TRADING", "DEMO_ISSUE"}
    assert [one["wallet"] for one in shown["wallets"]] == ["hot", "cold"]
    assert {one["status"] for one in shown["vaults"]["by_status"]} >= {"ACTIVE", "LIQUIDATING", "CLOSED"}
    assert shown["price"]["state"] in ("FRESH", "DEGRADED", "STALE", "HALTED")
    assert (
        "balances_are_sums_of_transfers" in {one["name"] for one in shown["identities"]}
        or not shown["identities"]
    )


def test_it_is_looked_at_once_for_all_who_ask(client: httpx.Client) -> None:
    answers = {seen(client)["time_ms"] for _ in range(8)}
    assert len(answers) <= 2


def test_a_customers_own_proof_is_believed_by_the_script(
    client: httpx.Client, alice: Trader, taken: ReserveSnapshot
) -> None:
    published = seen(client, f"/snapshots/{taken.pk}")["snapshot"]
    for proof in (alice.get(f"{RESERVES}/proof?snapshot={taken.pk}"), alice.get(f"{RESERVES}/proof")):
        script().check(proof, published)
        amounts = {row["asset"]: int(row["atoms"]) for row in proof["leaf"]["amounts"]}
        assert amounts["USDB"] == 100_000 * 10**8
        assert proof["leaf"]["audit_id"].startswith(f"{alice.user_id}:")


def test_who_held_nothing_and_who_is_nobody_have_no_proof(
    client: httpx.Client, carol: Trader, taken: ReserveSnapshot
) -> None:
    assert refusal(carol.send("GET", f"{RESERVES}/proof")) == (404, "NOT_IN_SNAPSHOT")
    assert client.get(f"{RESERVES}/proof").status_code == 401


def test_no_two_customers_see_one_leaf(trader: MakeTrader) -> None:
    """Though they hold the same."""
    erin, frank = trader("erin", USDB="5"), trader("frank", USDB="5")
    take_snapshot(timezone.now())
    hers, his = (one.get(f"{RESERVES}/proof")["leaf"] for one in (erin, frank))
    assert hers["amounts"] == his["amounts"]
    for name in ("audit_id", "salt", "index"):
        assert hers[name] != his[name]


def test_snapshots_come_in_pages_latest_first(client: httpx.Client, taken: ReserveSnapshot) -> None:
    take_snapshot(timezone.now())
    first = seen(client, "/snapshots", limit=1)
    second = seen(client, "/snapshots", limit=1, cursor=first["next_cursor"])
    assert int(first["snapshots"][0]["snapshot_id"]) > int(second["snapshots"][0]["snapshot_id"])
    assert "secret" not in str(first)
    assert refusal(client.get(f"{RESERVES}/snapshots?cursor=x")) == (400, "INVALID_CURSOR")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/snapshots/999999999", (404, "NOT_FOUND")),
        ("/snapshots/x", (404, "NOT_FOUND")),
        ("/snapshots/99999999999999999999", (400, "OUT_OF_RANGE")),
        (f"/vaults/{NOBODYS}", (404, "NOT_FOUND")),
        ("/vaults/1", (404, "NOT_FOUND")),
        ("/vaults?limit=101", (400, "OUT_OF_RANGE")),
        ("/vaults?cursor=zz", (400, "INVALID_CURSOR")),
        (f"/vaults?cursor={NOBODYS}", (400, "INVALID_CURSOR")),
        ("/vaults?owner=1", (400, "UNKNOWN_FIELD")),
        ("?x=1", (400, "UNKNOWN_FIELD")),
    ],
)
def test_what_is_not_there_is_refused(client: httpx.Client, path: str, expected: tuple[int, str]) -> None:
    answer = client.get(RESERVES + path)
    assert refusal(answer) == expected


def test_a_proof_of_a_snapshot_that_is_not_there_is_refused(alice: Trader) -> None:
    assert refusal(alice.send("GET", f"{RESERVES}/proof?snapshot=999999999")) == (404, "NOT_FOUND")
    assert refusal(alice.send("GET", f"{RESERVES}/proof?snapshot=0")) == (400, "OUT_OF_RANGE")
