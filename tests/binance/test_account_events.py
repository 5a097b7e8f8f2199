"""One listener's picture of an account in more than one shard: what it is told is of all of them together."""

from typing import Any

import pytest

from exchange.compat.binance.spot.user_data.account import AccountEvents, content_of
from exchange.compat.binance.spot.user_data.events import Event
from exchange.engine.events import Deposited, EventKind, SwitchSet, Withdrawn
from exchange.feeds.private_reads import Message, Picture
from exchange.models import Balance
from exchange.wire import encode_account_message
from ledger.services import seed_assets

pytestmark = pytest.mark.django_db
ALICE = 7
NOW_NS = 1_700_000_000_123_456_789
USDB = 10**8


@pytest.fixture
def account() -> AccountEvents:
    """5 USDB in one shard, 2 and 1 locked in another."""
    seed_assets()
    balances = [
        Balance(shard_id=0, account_id=ALICE, asset="USDB", free_atoms=5 * USDB, locked_atoms=0),
        Balance(shard_id=1, account_id=ALICE, asset="USDB", free_atoms=2 * USDB, locked_atoms=USDB),
    ]
    return AccountEvents(ALICE, Picture({0: 3, 1: 4}, [], balances))


def told(
    account: AccountEvents, shard: int, *events: tuple[Any, ...], free: int, locked: int = 0
) -> list[Event]:
    content = encode_account_message(events, [("USDB", free, locked)])
    message = Message(shard, 9, NOW_NS, content)
    content_told = content_of(message)
    if account.lacks(content_told):
        account.learn(content_told)
    return account.advance(message, content_told)


def test_balances_are_those_of_all_shards(account: AccountEvents) -> None:
    came = Deposited(EventKind.DEPOSITED, ALICE, "USDB", 3 * USDB, 1)
    update, position = told(account, 1, came, free=5 * USDB, locked=USDB)
    assert (update["a"], update["d"], update["T"]) == ("USDB", "3.00000000", NOW_NS // 1_000_000)
    assert position["B"] == [{"a": "USDB", "f": "10.00000000", "l": "1.00000000"}]
    left = Withdrawn(EventKind.WITHDRAWN, ALICE, "USDB", 4 * USDB, 2)
    update, position = told(account, 0, left, free=USDB)
    assert update["d"] == "-4.00000000"
    assert position["B"] == [{"a": "USDB", "f": "6.00000000", "l": "1.00000000"}]


def test_what_changes_neither_orders_nor_money_tells_nothing(account: AccountEvents) -> None:
    message = Message(
        0, 9, NOW_NS, encode_account_message([SwitchSet(EventKind.SWITCH_SET, ALICE, "", NOW_NS)], [])
    )
    content = content_of(message)
    assert not account.lacks(content)
    assert account.advance(message, content) == []
