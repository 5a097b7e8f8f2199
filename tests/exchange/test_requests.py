"""What operators ask of an engine: carried out once, within the second, with who and why beside it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth.models import User

from exchange.connections import engine_connection
from exchange.engine.commands import Command, CommandKind, deposit, set_account_tier, tick
from exchange.engine.types import MarketStatus, RejectReason
from exchange.errors import InvalidMarket, MarketNotFound, ReasonRequired, RequestConflict
from exchange.intake import due_requests
from exchange.models import EngineRequest, JournalEntry, Market, Order
from exchange.queue import stream_key
from exchange.services import requests
from exchange.services.markets import open_market
from exchange.wire import FROM_REQUESTS, encode_command
from exchange.worker import Worker
from ledger.selectors import identity_violations
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, settle

WHY: dict[str, Any] = {"reason": "a drill", "requested_by": None}


def _market() -> Market:
    return Market.objects.get()


VERBS: dict[str, Callable[[], EngineRequest]] = {
    "status": lambda: requests.request_market_status(market=_market(), status=MarketStatus.POST_ONLY, **WHY),
    "parameters": lambda: requests.request_market_change(
        market=_market(), changes={"band_ppm": 50_000, "taker_fee_ppm": 900}, **WHY
    ),
    "reference": lambda: requests.request_reference_price(market=_market(), price_ticks=777, **WHY),
    "fee tier": lambda: requests.request_fee_tier(
        market=_market(), tier=1, maker_fee_ppm=0, taker_fee_ppm=100, **WHY
    ),
    "account tier": lambda: requests.request_account_tier(shard=0, account=1, tier=1, **WHY),
    "cancel all": lambda: requests.request_cancel_all(shard=0, market="BTC-USDB", **WHY),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_is_carried_out_and_its_row_ends_with_the_journal(scene: Scene, verb: str) -> None:
    scene.tell(limit(scene.alice, BUY, "50000"))
    row = VERBS[verb]()
    assert (row.status, row.reason) == ("PENDING", "a drill")
    settle(scene.worker)
    row.refresh_from_db()
    entry = JournalEntry.objects.get(command_id=row.command_id)
    assert (row.status, row.reject_reason, row.sequence) == ("APPLIED", 0, entry.sequence)
    assert row.resolved_at is not None
    scene.check()


def test_a_market_has_its_new_parameters_when_the_engine_has_them_and_not_before(scene: Scene) -> None:
    VERBS["parameters"]()
    VERBS["status"]()
    before = _market()
    assert (before.band_ppm, before.taker_fee_ppm, before.status) == (0, 500, "OPEN")
    settle(scene.worker)
    after = _market()
    assert (after.band_ppm, after.taker_fee_ppm, after.status) == (50_000, 900, "POST_ONLY")


def test_an_operator_takes_everybodys_orders_out_of_the_book(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000"))
    requests.request_cancel_all(shard=0, **WHY)
    settle(scene.worker)
    assert scene.worker.engine.open_orders() == []
    assert Order.objects.get().close_reason == 9
    scene.check()


def test_what_the_engine_refuses_ends_refused_and_says_why(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50000.01"))
    row = requests.request_market_change(market=_market(), changes={"price_step_ticks": 100}, **WHY)
    settle(scene.worker)
    row.refresh_from_db()
    assert (row.status, row.reject_reason) == ("REFUSED", RejectReason.WOULD_BREAK_ORDERS)
    assert _market().price_step_ticks == 1
    scene.check()


def test_it_says_who_asked(scene: Scene) -> None:
    operator = User.objects.create(username="operator")
    row = requests.request_reference_price(
        market=_market(), price_ticks=5, reason="feed", requested_by=operator.pk
    )
    assert row.requested_by == operator
    assert "0 to 5 ticks" in row.summary


@pytest.mark.parametrize("reason", ["", "   \n", "x" * 301])
def test_nobody_asks_without_a_reason(scene: Scene, reason: str) -> None:
    with pytest.raises(ReasonRequired):
        requests.request_cancel_all(shard=0, reason=reason, requested_by=None)


def test_the_same_id_asks_once_and_never_for_something_else(scene: Scene) -> None:
    number = uuid4()
    first = requests.request_cancel_all(shard=0, command_id=number, **WHY)
    assert requests.request_cancel_all(shard=0, command_id=number, **WHY) == first
    with pytest.raises(RequestConflict):
        requests.request_account_tier(shard=0, account=1, tier=1, command_id=number, **WHY)


def test_a_second_change_waits_until_the_first_has_ended(scene: Scene) -> None:
    VERBS["parameters"]()
    with pytest.raises(RequestConflict):
        requests.request_market_change(market=_market(), changes={"max_open_orders": 5}, **WHY)
    settle(scene.worker)
    requests.request_market_change(market=_market(), changes={"max_open_orders": 5}, **WHY)
    settle(scene.worker)
    assert (_market().max_open_orders, _market().taker_fee_ppm) == (5, 900)


@pytest.mark.parametrize(
    "changes",
    [
        {"taker_fee_ppm": -1},
        {"max_open_orders": 0},
        {"max_open_orders": 2**31},
        {"band_ppm": 2**70},
        {"breaker_ppm": 50_000, "breaker_window_ns": 10**9 - 1},
    ],
)
def test_parameters_that_do_not_go_together_are_refused_at_once(
    scene: Scene, changes: dict[str, int]
) -> None:
    with pytest.raises(InvalidMarket):
        requests.request_market_change(market=_market(), changes=changes, **WHY)
    assert not EngineRequest.objects.exists()


def test_a_market_that_is_still_to_be_created_takes_no_requests(scene: Scene) -> None:
    scene.worker.stop()
    market = open_market(symbol="USDB-BTC", price_decimals=2, quantity_decimals=5)
    with pytest.raises(MarketNotFound):
        requests.request_market_status(market=market, status=MarketStatus.HALTED, **WHY)


def test_bytes_that_are_no_command_are_refused_and_stop_nobody(scene: Scene) -> None:
    row = VERBS["reference"]()
    EngineRequest.objects.update(command=b"\xc1garbage")
    other = VERBS["cancel all"]()
    settle(scene.worker)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.status, row.reject_reason) == ("REFUSED", RejectReason.MALFORMED_COMMAND)
    assert other.status == "APPLIED"
    scene.check()


def test_an_announced_request_is_carried_out_though_the_queue_was_emptied(scene: Scene) -> None:
    row = VERBS["reference"]()
    assert scene.clients.redis.xlen(stream_key(0)) == 1
    scene.clients.redis.delete(stream_key(0))
    settle(scene.worker)
    row.refresh_from_db()
    assert row.status == "APPLIED"
    scene.check()


FOREIGN: dict[str, Command] = {
    "money": deposit(account=1, asset="BTC", amount_atoms=10**8, transfer_id=1),
    "an order": limit(1, BUY, "50000"),
    "a tick": tick(),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_operators_to_ask_is_refused_though_a_row_says_it(scene: Scene, what: str) -> None:
    row = VERBS["cancel all"]()
    EngineRequest.objects.update(command=encode_command(FOREIGN[what]))
    settle(scene.worker)
    row.refresh_from_db()
    assert (row.status, row.reject_reason) == ("REFUSED", RejectReason.MALFORMED_COMMAND)
    assert scene.worker.engine.open_orders() == []
    scene.check()


def test_a_row_that_was_set_back_by_hand_is_carried_out_no_second_time_and_stops_nobody(scene: Scene) -> None:
    row = VERBS["reference"]()
    settle(scene.worker)
    EngineRequest.objects.update(status="PENDING", sequence=None, resolved_at=None)
    other = VERBS["status"]()
    settle(scene.worker)
    other.refresh_from_db()
    row.refresh_from_db()
    assert (row.status, other.status) == ("PENDING", "APPLIED")
    assert scene.problems() == []
    assert len(identity_violations()) == 1  # so operators hear of it


def test_numbers_that_no_row_can_hold_are_refused_alone(scene: Scene) -> None:
    rows = [VERBS["cancel all"]() for _ in range(3)]
    huge = set_account_tier(account=2**63, tier=1)
    EngineRequest.objects.filter(pk=rows[1].pk).update(command=encode_command(huge))
    patiently(scene.worker)
    for row in rows:
        row.refresh_from_db()
    assert [row.status for row in rows] == ["APPLIED", "REFUSED", "APPLIED"]
    scene.check()


def patiently(worker: Worker) -> None:
    """As `run_engine` does: whatever fails, it begins anew."""
    for _ in range(20):
        try:
            worker.run_once()
        except psycopg.Error:
            worker.forget()


def test_every_kind_that_operators_ask_for_has_a_verb(scene: Scene) -> None:
    assert {CommandKind[VERBS[verb]().kind] for verb in VERBS} == FROM_REQUESTS - {CommandKind.CANCEL_ORDER}


def test_everybodys_orders_are_taken_out_by_as_many_requests_as_they_need(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine closes a bounded number at once."""
    monkeypatch.setattr(requests, "MAX_CLOSED_AT_ONCE", 2)
    for number in range(5):
        scene.tell(limit(scene.alice, BUY, str(50_000 + number)))
    first = requests.request_cancel_all(shard=0, **WHY)
    parts = list(EngineRequest.objects.order_by("id"))
    assert [row.summary.rpartition(", ")[2] for row in parts] == [f"part {n} of 3" for n in (1, 2, 3)]
    assert parts[0] == first
    with engine_connection() as connection, connection.cursor() as cursor:
        assert list(due_requests(cursor, shard=0, limit=10, poison=())) == [first.command_id]
    again = requests.request_cancel_all(shard=0, command_id=first.command_id, **WHY)
    assert (again, EngineRequest.objects.count()) == (first, 3)
