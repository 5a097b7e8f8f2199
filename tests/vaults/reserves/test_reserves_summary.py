"""All at a glance: owed and backing agree, places are told, identities come with their last look."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from custody.models import ChainPosition, Coin, WatchedScript
from custody.rules.statuses import Trail
from health.invariants import verify
from health.models import InvariantResult
from health.registry import Extent
from health.selectors import invariant_views
from ledger.rules import Purpose
from ledger.services import seed_assets
from tests.ledger.scene import house, move
from tests.vaults.reserves.holders import small_town
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import E8, funded_vault
from vaults.reserves.cached import Cached
from vaults.reserves.sides import Side, side_of
from vaults.reserves.snapshots import take_snapshot
from vaults.reserves.summary import look

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def glance() -> Any:
    return look()


def by(rows: Any, name: str) -> dict[str, Any]:
    return {row[name]: row for row in rows}


def coin(wallet: str, sats: int, *, is_booked: bool) -> None:
    number = Coin.objects.count() + 1
    watched = WatchedScript.objects.create(
        script=bytes([number]),
        address=f"bcrt1q{number}",
        trail=Trail.COLD,
        wallet=wallet,
        branch=0,
        index=number,
    )
    Coin.objects.create(
        txid=f"{number:064x}", vout=0, watched=watched, value_sats=sats, height=1, is_booked=is_booked
    )


def test_owed_and_the_houses_own_are_what_stands_behind() -> None:
    small_town()
    move(house(Purpose.DEMO_ISSUE), house(Purpose.FEES), 7)
    bitcoin = by(glance()["assets"], "asset")["BTC"]
    assert bitcoin["owed"] == "0.00001095"  # 1,055 of customers, 40 on the way to Dave
    assert bitcoin["house"] == "0.00000007"
    assert bitcoin["backing"] == "0.00001102"
    lines = by(bitcoin["lines"], "purpose")
    assert lines["WITHDRAWALS"] == {"purpose": "WITHDRAWALS", "side": "OWED", "amount": "0.00000040"}
    assert lines["DEMO_ISSUE"]["amount"] == "0.00001102"


def test_every_purpose_has_a_side() -> None:
    assert {side_of(one) for one in Purpose} == set(Side)
    assert side_of(Purpose.FUNDING) is side_of(Purpose.TRADING) is Side.OWED
    assert side_of(Purpose.VAULT_DEBT) is Side.BACKING


def test_vaults_are_told_together_at_the_shown_price() -> None:
    set_price(60_000, timezone.now())
    seed_assets()
    funded_vault(sats=E8, debt=20_000 * 10**8)
    shown = glance()
    assert shown["price"]["price"] == "60000.00000000"
    assert shown["vaults"]["collateral"] == "1.00000000"
    assert shown["vaults"]["debt"] == "20000.00000000"
    assert shown["vaults"]["ratio"] == "3.000000"


def test_cold_coins_are_listed_and_of_the_hot_wallet_only_their_sum() -> None:
    """Where a customer's deposit lies is nobody's business."""
    ChainPosition.objects.create(network="regtest", height=5, tip_height=5)
    coin("hot", 500, is_booked=True)
    coin("hot", 70, is_booked=False)
    coin("cold", 900, is_booked=True)
    wallets = by(glance()["wallets"], "wallet")
    assert (wallets["hot"]["coins_amount"], wallets["hot"]["booked"]) == ("0.00000570", "0.00000500")
    assert wallets["hot"]["coins"] == []
    assert [row["amount"] for row in wallets["cold"]["coins"]] == ["0.00000900"]
    assert wallets["cold"]["coins"][0]["confirmations"] == 5


def test_identities_come_with_their_last_glance() -> None:
    small_town()
    assert glance()["identities"] == []
    verify(Extent.RECENT, only=["assets_sum_to_zero"])
    [shown] = glance()["identities"]
    assert (shown["holds"], shown["violations"]) == (True, 0)
    assert shown["meaning"] == "Each asset: the sum over all accounts is 0"
    assert shown["checked_ms"] is not None
    assert shown["whole_checked_ms"] is None


def test_the_worse_of_two_looks_stands_and_one_without_a_result_says_nothing() -> None:
    now = timezone.now()
    for name, extent, violations, checked in (
        ("a", Extent.RECENT, 0, now),
        ("a", Extent.WHOLE, 3, now - timedelta(hours=1)),
        ("b", Extent.RECENT, 0, None),
    ):
        InvariantResult.objects.create(
            name=name, extent=extent, violations=violations, checked_at=checked, tried_at=now
        )
    first, second = invariant_views()
    assert (first.violations, first.checked_at, first.whole_at) == (3, now, now - timedelta(hours=1))
    assert second.checked_at is None
    assert [one["holds"] for one in glance()["identities"]] == [False, None]


def test_the_newest_snapshot_is_in_it() -> None:
    small_town()
    assert glance()["snapshot"] is None
    take_snapshot(NOON)
    taken = take_snapshot(NOON)
    assert glance()["snapshot"]["root"] == taken.root


def test_what_is_cached_is_looked_at_once_in_its_time() -> None:
    looks: list[int] = []

    def count() -> int:
        looks.append(1)
        return len(looks)

    cached = Cached(60, count)
    assert [cached.get() for _ in range(3)] == [1, 1, 1]
    cached.forget()
    assert cached.get() == 2
    assert [Cached(0, count).get(), len(looks)] == [3, 3]


def test_a_look_that_fails_is_tried_again() -> None:
    looks: list[int] = []

    def fail_once() -> int:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError
        return 5

    cached = Cached(60, fail_once)
    with pytest.raises(RuntimeError):
        cached.get()
    assert cached.get() == 5
