"""Messages that no client of ours sends: the engine refuses each in the journal and goes on."""

import time
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from exchange.engine.commands import CommandKind, PlaceOrder, create_market, deposit, place_order
from exchange.engine.types import Side
from exchange.queue import FIELD, stream_key
from exchange.wire import VERSION
from tests.faults.house import House
from tests.faults.trader import MARKET

pytestmark = [pytest.mark.faults, pytest.mark.long]


def _message(kind: int, command: object, *, version: int = VERSION) -> bytes:
    raw = msgspec.Raw(msgspec.msgpack.encode(command))
    return msgspec.msgpack.encode((version, uuid4().bytes, "nobody", kind, raw))


def _order(**changes: Any) -> PlaceOrder:
    good = place_order(account=1, market=MARKET, side=Side.BUY, price_ticks=5_000_000, quantity_lots=100)
    return good._replace(**changes)


PLACE = int(CommandKind.PLACE_ORDER)
UNREADABLE = [
    b"",
    b"\xff\x00garbage",
    b"\xc1" * 300,
    b"\x95\x01" + b"\x91" * 50_000,  # as deep as a well
    _message(PLACE, _order(), version=VERSION + 1),
    _message(99, _order()),
    _message(PLACE, ("no", "order")),
    _message(int(CommandKind.DEPOSIT), deposit(account=1, asset="BTC", amount_atoms=10**12, transfer_id=1)),
    _message(
        int(CommandKind.CREATE_MARKET),
        create_market(
            market="X-Y", base_asset="X", quote_asset="Y", base_atoms_per_lot=1, quote_atoms_per_tick_lot=1
        ),
    ),
]
# Well formed, but no table can hold them.
UNSTORABLE = [
    _message(PLACE, _order(client_order_id="x" * 1000)),
    _message(PLACE, _order(client_order_id="nul \x00 byte")),
    _message(PLACE, _order(account=2**63)),
    _message(PLACE, _order(price_ticks=2**64 - 1)),
    _message(PLACE, _order(side=1_000_000)),
    _message(PLACE, _order(self_trade_prevention=-(2**63))),
]


@pytest.mark.parametrize("messages", [UNREADABLE, UNSTORABLE], ids=["unreadable", "unstorable"])
def test_poison_is_refused_in_the_journal_and_the_engine_goes_on(house: House, messages: list[bytes]) -> None:
    engine, refused = house.leader(), _refused(house)
    with house.load() as load:
        with house.redis() as redis:
            for message in messages:
                redis.xadd(stream_key(0), {FIELD: message})
                load.await_acknowledged(1)
            redis.xadd(stream_key(0), {"other": b"field"})
        house.assert_resumes(time.monotonic())
        load.await_acknowledged(30)
    assert _refused(house) == refused + len(messages) + 1
    assert house.leader() is engine
    assert house.query("SELECT count(*) FROM exchange_market WHERE symbol = 'X-Y'") == [(0,)]


def _refused(house: House) -> int:
    malformed = msgspec.msgpack.encode((int(CommandKind.MALFORMED),))
    return int(house.query("SELECT count(*) FROM exchange_journalentry WHERE command = %s", malformed)[0][0])
