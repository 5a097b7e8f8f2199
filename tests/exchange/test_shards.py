"""Two shards side by side: each has its own leader, markets and money, and any process stands by for both."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django import Settings

from exchange.connections import engine_connection
from exchange.engine.commands import place_order
from exchange.models import Balance, Order, Shard
from exchange.queue import FIELD, stream_key
from exchange.rules import TransferDirection
from exchange.services.markets import open_market
from exchange.services.transfers import begin_transfer
from exchange.standby import AnyShard
from exchange.verification import verify_journal
from exchange.wire import encode_envelope
from exchange.worker import Worker
from ledger.selectors import identity_violations
from ledger.services import issue_demo_funds, open_asset
from tests.exchange.support import BTC, BUY, FAST, SELL, USDB, client, make_market, person

pytestmark = pytest.mark.django_db(transaction=True)
SYMBOLS = ("BTC-USDB", "ETH-USDB")


def _process(name: str) -> AnyShard:
    def make(shard: int) -> Worker:
        return Worker(shard=shard, holder=name, connect=engine_connection, client=client(), limits=FAST)

    return AnyShard(make=make, connect=engine_connection, lease_s=FAST.lease_s)


@pytest.fixture
def processes(settings: Settings) -> Iterator[list[AnyShard]]:
    """Three of them, for two shards with a market each."""
    settings.DEMO = True
    make_market()
    open_asset(code="ETH", name="Ether", decimals=8)
    open_market(symbol="ETH-USDB", price_decimals=2, quantity_decimals=5, shard=1)
    found = [_process(name) for name in ("first", "second", "third")]
    yield found
    for process in found:
        process.stop()


def _turn(processes: list[AnyShard]) -> None:
    for process in processes:
        while process.run_once():
            pass


def test_each_leads_the_first_shard_without_a_leader_and_the_rest_stand_by(
    processes: list[AnyShard],
) -> None:
    _turn(processes)
    assert [process.shard for process in processes] == [0, 1, None]
    processes[1].stop()
    _turn(processes[2:])
    assert processes[2].leads
    assert processes[2].shard == 1
    assert Shard.objects.get(number=1).holder.startswith("third:")


def test_one_that_starts_over_leads_its_own_shard_again(processes: list[AnyShard]) -> None:
    _turn(processes)
    epoch = Shard.objects.get(number=1).epoch
    processes[1].forget()
    _turn(processes)
    assert [process.shard for process in processes] == [0, 1, None]
    assert Shard.objects.get(number=1).epoch == epoch + 1


def _fund(user: int, shard: int, asset: str, amount: int) -> None:
    key = f"{user}-{shard}-{asset}"
    issue_demo_funds(owner_id=user, asset=asset, amount_atoms=amount, key=key)
    begin_transfer(
        user_id=user,
        shard=shard,
        direction=TransferDirection.TO_TRADING,
        asset=asset,
        amount_atoms=amount,
        key=key,
    )


def _trade(shard: int, buyer: int, seller: int) -> None:
    redis = client()
    for account, side in ((seller, SELL), (buyer, BUY)):
        command = place_order(
            account=account, market=SYMBOLS[shard], side=side, price_ticks=5_000, quantity_lots=1_000
        )
        message = encode_envelope(command_id=uuid4(), reply_to="", command=command)
        redis.xadd(stream_key(shard), {FIELD: message})


def test_markets_money_and_orders_of_two_shards_do_not_mix(processes: list[AnyShard]) -> None:
    alice, bob = person("alice"), person("bob")
    for shard, base in enumerate(("BTC", "ETH")):
        _fund(alice, shard, "USDB", 1_000 * USDB)
        _fund(bob, shard, base, BTC)
    _turn(processes)
    for shard in (0, 1):
        _trade(shard, alice, bob)
    _turn(processes)
    assert Order.objects.filter(status=2).count() == 4
    assert {order.id % 64 for order in Order.objects.filter(market__symbol="ETH-USDB")} == {1}
    held = {(row.shard_id, row.asset): row.free_atoms for row in Balance.objects.filter(account=alice)}
    assert held.keys() == {(0, "USDB"), (0, "BTC"), (1, "USDB"), (1, "ETH")}
    assert identity_violations() == []
    with engine_connection() as connection:
        for shard in (0, 1):
            assert verify_journal(connection, shard).problems == []
