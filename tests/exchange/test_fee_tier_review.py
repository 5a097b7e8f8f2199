"""Accounts come into the fee tier of what they traded in thirty days, and out of it again."""

import pytest

from exchange.models import AccountTier, EngineRequest, FeeTierRule, Trade
from exchange.rules import TierRule, tier_of
from exchange.services.requests import request_account_tier
from exchange.services.tiers import PERIOD_DAYS, review_fee_tiers, volumes_of
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, USDB, settle

RULES = [TierRule(1, "USDB", 100), TierRule(2, "USDB", 1_000), TierRule(3, "BTC", 5)]
DAY_NS = 86_400 * 10**9


@pytest.mark.parametrize(
    ("volumes", "tier"),
    [
        ({}, 0),
        ({"USDB": 99}, 0),
        ({"USDB": 100}, 1),
        ({"USDB": 5_000}, 2),
        ({"BTC": 5}, 3),
        ({"ETH": 10**9}, 0),
        ({"USDB": 100, "BTC": 4}, 1),
    ],
)
def test_the_highest_tier_that_a_volume_reaches_counts(volumes: dict[str, int], tier: int) -> None:
    assert tier_of(volumes, RULES) == tier


@pytest.fixture
def traded(scene: Scene) -> Scene:
    """Alice and Bob have traded for 500 USDB; 400 are enough for tier 2."""
    FeeTierRule.objects.create(tier=1, quote_asset="USDB", volume_atoms=100 * USDB)
    FeeTierRule.objects.create(tier=2, quote_asset="USDB", volume_atoms=400 * USDB)
    scene.tell(limit(scene.bob, SELL, "50000"))
    scene.tell(limit(scene.alice, BUY, "50000"))
    return scene


def _review(scene: Scene, days: int = 0) -> int:
    made = review_fee_tiers(now_ns=Trade.objects.get().timestamp_ns + days * DAY_NS)
    settle(scene.worker)
    assert not EngineRequest.objects.exclude(status="APPLIED").exists()
    return made


def _tiers() -> dict[int, int]:
    return dict(AccountTier.objects.values_list("account_id", "tier"))


def test_who_traded_enough_comes_into_the_tier_once(traded: Scene) -> None:
    assert _review(traded) == 2
    assert _tiers() == {traded.alice: 2, traded.bob: 2}
    assert _review(traded) == 0
    assert traded.worker.engine.snapshot().account_tiers == ((traded.alice, 2), (traded.bob, 2))
    traded.check()


def test_after_thirty_days_without_a_trade_he_is_out_of_it(traded: Scene) -> None:
    _review(traded)
    assert _review(traded, PERIOD_DAYS - 1) == 0
    assert _review(traded, PERIOD_DAYS) == 2
    assert _tiers() == {traded.alice: 0, traded.bob: 0}
    traded.check()


def test_a_pinned_account_stays_where_operators_put_it(traded: Scene) -> None:
    request_account_tier(
        shard=0, account=traded.alice, tier=1, reason="agreed", requested_by=None, pinned=True
    )
    settle(traded.worker)
    assert _review(traded) == 1
    assert _tiers() == {traded.alice: 1, traded.bob: 2}


def test_without_rules_tiers_are_the_operators_own(scene: Scene) -> None:
    request_account_tier(shard=0, account=scene.alice, tier=3, reason="agreed", requested_by=None)
    settle(scene.worker)
    assert review_fee_tiers(now_ns=2 * 10**18) == 0
    assert _tiers() == {scene.alice: 3}


def test_the_volume_of_one_account_counts_both_sides_of_its_trades(traded: Scene) -> None:
    now_ns = Trade.objects.get().timestamp_ns
    assert volumes_of(account=traded.alice, now_ns=now_ns) == {"USDB": 500 * USDB}
    assert volumes_of(account=traded.alice, now_ns=now_ns + 31 * DAY_NS) == {}
