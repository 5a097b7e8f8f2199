"""Money into and out of the engine."""

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import Deposited, NamedEvent, Withdrawn
from exchange.engine.types import INT64_MAX, RejectReason
from tests.engine.support import ALICE, BOB, an_engine, buy, fund, open_market, refused, tell


def deposit(engine: Engine, amount_atoms: int, asset: str = "USDB") -> list[NamedEvent]:
    return tell(engine, c.deposit(account=ALICE, asset=asset, amount_atoms=amount_atoms, transfer_id=5))


def withdraw(engine: Engine, amount_atoms: int, asset: str = "USDB") -> list[NamedEvent]:
    return tell(engine, c.withdraw(account=ALICE, asset=asset, amount_atoms=amount_atoms, transfer_id=6))


def test_a_deposit_is_free_at_once() -> None:
    engine = an_engine()
    assert deposit(engine, 50) == [Deposited(6, ALICE, "USDB", 50, 5)]
    assert engine.balance(ALICE, "USDB") == (10**12 + 50, 0)


def test_only_what_is_free_can_be_withdrawn() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    buy(engine, ALICE, 10, 100)
    assert refused(withdraw(engine, 10**12 - 999)) == RejectReason.INSUFFICIENT_FUNDS
    assert withdraw(engine, 10**12 - 1_000) == [Withdrawn(7, ALICE, "USDB", 10**12 - 1_000, 6)]
    assert engine.balance(ALICE, "USDB") == (0, 1_000)


@pytest.mark.parametrize("amount_atoms", [0, -1])
def test_an_amount_is_positive(amount_atoms: int) -> None:
    engine = an_engine()
    assert refused(deposit(engine, amount_atoms)) == RejectReason.INVALID_AMOUNT
    assert refused(withdraw(engine, amount_atoms)) == RejectReason.INVALID_AMOUNT


def test_an_asset_belongs_to_some_market() -> None:
    engine = an_engine()
    assert refused(deposit(engine, 1, "ETH")) == RejectReason.ASSET_NOT_FOUND
    assert refused(withdraw(engine, 1, "ETH")) == RejectReason.ASSET_NOT_FOUND
    open_market(engine, market="ETH-BTC", base_asset="ETH", quote_asset="BTC")
    assert deposit(engine, 1, "ETH") == [Deposited(6, ALICE, "ETH", 1, 5)]


def test_the_money_of_all_accounts_together_fits_64_bits() -> None:
    engine = Engine()
    open_market(engine)
    fund(engine, BOB, USDB=INT64_MAX - 10)
    assert refused(deposit(engine, 11)) == RejectReason.OUT_OF_RANGE
    assert len(deposit(engine, 10)) == 1
    withdraw(engine, 4)
    assert refused(deposit(engine, 5)) == RejectReason.OUT_OF_RANGE
    restored = Engine.restore(engine.snapshot())
    assert refused(deposit(restored, 5)) == RejectReason.OUT_OF_RANGE
    assert len(deposit(restored, 4)) == 1


def test_an_account_nobody_has_heard_of_has_nothing() -> None:
    engine = an_engine()
    assert engine.balance(99, "USDB") == (0, 0)
    assert engine.balance(ALICE, "NONE") == (0, 0)
