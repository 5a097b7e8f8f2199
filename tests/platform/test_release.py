"""What every installation has after its release step, and what runs on the clock."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.celery import app
from config.schedule import SCHEDULE
from exchange.models import Market, Shard
from exchange.services.markets import open_shard
from ledger.selectors import assets
from ledger.services import seed_assets


@pytest.mark.django_db
def test_a_release_makes_the_reference_data_and_may_be_repeated() -> None:
    call_command("release", verbosity=0)
    call_command("release", verbosity=0)
    assert set(assets()) == {"BTC", "USDB"}
    assert Shard.objects.get().number == 0


@pytest.mark.django_db
def test_a_release_opens_as_many_shards_as_are_configured(settings: Settings) -> None:
    settings.SHARDS = 3
    call_command("release", verbosity=0)
    assert list(Shard.objects.order_by("number").values_list("number", flat=True)) == [0, 1, 2]


@pytest.mark.django_db
def test_an_operator_opens_a_market_of_a_shard_with_all_its_terms() -> None:
    call_command("release", verbosity=0)
    terms = {"band_ppm": 50_000, "breaker_ppm": 90_000, "breaker_window_ns": 10**9, "price_step_ticks": 5}
    call_command(
        "open_market",
        "BTC-USDB",
        price_decimals=2,
        quantity_decimals=5,
        shard=2,
        lane_policy="LANES",
        **terms,
    )
    market = Market.objects.get()
    assert (market.shard_id, market.lane_policy) == (2, "LANES")
    assert {name: getattr(market, name) for name in terms} == terms


@pytest.mark.django_db
def test_an_operator_opens_a_market_once() -> None:
    call_command("release", verbosity=0)
    for _ in range(2):
        call_command("open_market", "BTC-USDB", price_decimals=2, quantity_decimals=5)
    assert Market.objects.get().symbol == "BTC-USDB"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("symbol", "price_decimals", "quantity_decimals", "code"),
    [
        ("BTC-BTC", 2, 5, "ASSET_NOT_FOUND"),
        ("BTC-EUR", 2, 5, "ASSET_NOT_FOUND"),
        ("BTC-USDB", 4, 5, "INVALID_MARKET"),
        ("BTC-USDB", 0, 9, "INVALID_MARKET"),
        ("BTC-USDB", -1, 5, "INVALID_MARKET"),
    ],
)
def test_a_market_whose_tick_times_lot_is_no_whole_atom_is_refused(
    symbol: str, price_decimals: int, quantity_decimals: int, code: str
) -> None:
    seed_assets()
    open_shard(number=0)
    with pytest.raises(CommandError, match=code):
        call_command(
            "open_market", symbol, price_decimals=price_decimals, quantity_decimals=quantity_decimals
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "parameters",
    [
        {"taker_fee_ppm": -1},
        {"taker_fee_ppm": 1_000_000},
        {"maker_fee_ppm": -600},
        {"min_notional_atoms": -1},
        {"max_open_orders": 0},
        {"max_open_orders": 2**31},
        {"breaker_ppm": 50_000},
    ],
)
def test_a_market_that_the_engine_would_refuse_is_refused_at_once(parameters: dict[str, int]) -> None:
    seed_assets()
    open_shard(number=0)
    with pytest.raises(CommandError, match="INVALID_MARKET"):
        call_command("open_market", "BTC-USDB", price_decimals=2, quantity_decimals=5, **parameters)
    assert not Market.objects.exists()


def test_every_task_of_the_schedule_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_the_tasks_of_the_schedule_run_on_an_empty_house() -> None:
    app.loader.import_default_modules()
    assert [app.tasks[entry["task"]]() for entry in SCHEDULE.values()] == [0] * len(SCHEDULE)
