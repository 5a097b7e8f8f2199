"""What one pays: by the market, by the tier, and what is missing to the next."""

from collections.abc import Iterator

import pytest

from exchange.models import FeeTierRule, Market
from exchange.services.requests import request_account_tier, request_fee_tier
from tests.api.house import MARKET
from tests.api.people import Trader
from tests.support.waiting import until

PATH = "/api/v1/fee-tier"


@pytest.fixture
def rules() -> Iterator[None]:
    rows = [FeeTierRule(tier=tier, quote_asset="USDB", volume_atoms=tier * 10**15) for tier in (1, 3)]
    FeeTierRule.objects.bulk_create(rows)
    yield
    FeeTierRule.objects.all().delete()


def rates(person: Trader) -> tuple[int, int, int]:
    (row,) = [row for row in person.get(PATH)["markets"] if row["market"] == MARKET]
    return row["tier"], row["maker_fee_ppm"], row["taker_fee_ppm"]


def test_who_is_in_no_tier_pays_the_market_s_rates(carol: Trader) -> None:
    found = carol.get(PATH)
    assert (found["tier"], found["is_pinned"], found["volumes"], found["next_tier"]) == (0, False, [], None)
    assert rates(carol) == (0, 200, 500)
    assert len(found["markets"]) == 3


@pytest.mark.usefixtures("rules")
def test_volume_counts_and_what_is_missing_is_told(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100", quantity="0.5")
    alice.place(price="100", quantity="0.5")
    for person in (alice, bob):
        found = person.get(PATH)
        assert found["volumes"] == [{"asset": "USDB", "amount": "50.00000000"}]
        assert found["next_tier"] == {
            "tier": 1,
            "asset": "USDB",
            "volume": "10000000.00000000",
            "missing": "9999950.00000000",
        }


@pytest.mark.usefixtures("rules")
def test_a_tier_has_its_rates_and_the_next_one_is_shown(alice: Trader, bob: Trader) -> None:
    market = Market.objects.get(symbol=MARKET)
    request_fee_tier(
        market=market, tier=1, maker_fee_ppm=100, taker_fee_ppm=300, reason="a test", requested_by=None
    )
    request_account_tier(
        shard=0, account=alice.user_id, tier=2, reason="a test", requested_by=None, pinned=True
    )
    until(lambda: rates(alice) == (1, 100, 300))  # tier 2 is unknown to the market: the next lower one
    found = alice.get(PATH)
    assert (found["tier"], found["is_pinned"], found["next_tier"]["tier"]) == (2, True, 3)
    bob.place(side="SELL", price="100", quantity="0.1")
    assert alice.place(price="100", quantity="0.1")["order"]["fee"] == "0.00300000"
