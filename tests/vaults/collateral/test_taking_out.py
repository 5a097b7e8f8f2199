"""What an owner may take out of her vault, until when she may think better of it, and what she signs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from access.errors import NotPermitted
from access.models import AccountRole
from access.roles import Role
from custody.errors import AccountFrozen, InvalidAddress, InvalidPsbt, PsbtMismatch
from custody.models import AccountFreeze
from custody.rules.terms import Terms
from ledger.streams import events_of
from oracle.errors import OracleStale
from tests.custody.support.house import person
from tests.vaults.collateral.scene import BTC, HOME, Life, new_key, open_life
from tests.vaults.support.prices import set_price
from vaults.errors import (
    BelowMinimumRatio,
    CollateralTooSmall,
    InvalidState,
    KeyReused,
    RatioMoved,
    StillOwing,
    TooManyOpenWithdrawals,
    VaultNotFound,
    VaultWithdrawalNotFound,
)
from vaults.models import CollateralWithdrawal
from vaults.services import collateral, signing
from vaults.services.coins import follow
from vaults.services.outgoing import UNSIGNED_FOR
from vaults.services.withdrawals import MAX_OPEN


def test_an_owner_takes_what_her_debt_leaves_and_no_more(life: Life) -> None:
    life.deposit(BTC)
    life.mint(20_000)  # half a bitcoin at 150 %
    with pytest.raises(BelowMinimumRatio):
        life.take(BTC // 2)  # and its fee
    with pytest.raises(RatioMoved):
        life.take(BTC // 4, least_ppm=3_000_000)
    with pytest.raises(CollateralTooSmall):
        life.take(BTC + 1)
    with pytest.raises(StillOwing):
        life.close()
    for to in ("", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"):
        with pytest.raises(InvalidAddress):
            life.take(BTC // 4, to)
    set_price(life.dollars, life.now - timedelta(minutes=5))
    with pytest.raises(OracleStale):
        life.take(BTC // 4)
    set_price(life.dollars, life.now)
    assert not CollateralWithdrawal.objects.exists()

    row = life.take(BTC // 4, key="once")
    assert life.take(BTC // 4, key="once").pk == row.pk
    with pytest.raises(KeyReused):
        life.take(BTC // 5, key="once")
    with pytest.raises(CollateralTooSmall):
        life.take(1_000_000)  # the only coin is held
    assert life.vault.collateral_sats == BTC - BTC // 4 - row.fee_sats
    judged_by = events_of(life.vault.stream)[-1].data
    assert (judged_by["debt_atoms"], judged_by["price_e8"]) == (20_000 * BTC, life.dollars * BTC)

    assert life.cancel(row).status == "CANCELED"
    assert life.cancel(row).status == "CANCELED"
    assert life.vault.collateral_sats == BTC
    with pytest.raises(InvalidState):
        life.sign(row)


@pytest.mark.long
def test_only_the_owner_and_only_while_nothing_speaks_against_it(life: Life) -> None:
    life.deposit(BTC)
    row = life.take(BTC // 4)
    mallory = person("mallory")
    stranger = replace(life, owner_id=mallory.pk)
    for deed in (
        lambda: stranger.take(1_000),
        stranger.close,
        lambda: stranger.cancel(row),
        lambda: stranger.sign(row),
    ):
        with pytest.raises(VaultNotFound):
            deed()
    other = open_life(life.house, "bob")
    with pytest.raises(VaultWithdrawalNotFound):
        signing.sign(other.owner_id, other.vault_id, row.pk, "", life.now)

    AccountRole.objects.create(user_id=life.owner_id, role=Role.SUSPENDED, changed_at=life.now)
    for deed in (lambda: life.take(1_000), life.close, lambda: life.sign(row), lambda: life.cancel(row)):
        with pytest.raises(NotPermitted):
            deed()
    AccountRole.objects.all().delete()
    freeze = AccountFreeze.objects.create(owner=User.objects.get(pk=life.owner_id), reason="a reorg")
    for deed in (lambda: life.take(1_000), life.close, lambda: life.sign(row)):
        with pytest.raises(AccountFrozen):
            deed()
    freeze.delete()
    assert life.sign(row).status == "SIGNED"
    with pytest.raises(InvalidState):
        life.cancel(row)


def test_only_the_planned_transaction_is_taken_and_only_with_her_signature(life: Life) -> None:
    life.deposit(2 * BTC)
    life.deposit(BTC)
    first = life.take(BTC // 4)
    second = life.take(BTC // 4)
    stranger = open_life(life.house, "bob")
    signed = life.wallet.signed(first.psbt)
    for wrong in ("", "cHNidP8=", "A" * 3_000_000):
        with pytest.raises(InvalidPsbt):
            signing.sign(life.owner_id, life.vault_id, first.pk, wrong, life.now)
    for wrong in (first.psbt, life.wallet.signed(second.psbt)):
        with pytest.raises(PsbtMismatch):
            life.sign(first, wrong)
    with pytest.raises(AssertionError):  # his wallet finds no key of his in it
        stranger.wallet.signed(first.psbt)
    assert life.statuses() == ["PLANNED", "PLANNED"]
    assert life.sign(first, signed).status == "SIGNED"
    assert life.sign(first, signed).status == "SIGNED"
    life.pay()
    assert life.sign(first, signed).status == "BROADCAST"
    life.mine()
    assert life.statuses() == ["CONFIRMED", "PLANNED"]


@pytest.mark.long
def test_who_signs_late_signs_at_the_price_of_then(life: Life) -> None:
    """Else a plan would be an option: to take bitcoin out when it has fallen, at the day before's price."""
    life.deposit(BTC)
    life.mint(20_000)
    row = life.take(BTC // 4)
    life.price(35_000)
    with pytest.raises(BelowMinimumRatio):
        life.sign(row)
    assert life.cancel(row).status == "CANCELED"


@pytest.mark.long
def test_a_plan_that_nobody_signs_is_given_up_after_a_day(life: Life) -> None:
    life.deposit(BTC)
    life.take(BTC // 4)
    life.wait(seconds=UNSIGNED_FOR.total_seconds() - 60)
    life.follow()
    assert life.statuses() == ["PLANNED"]
    life.wait(seconds=120)
    life.follow()
    assert life.statuses() == ["CANCELED"]
    assert life.vault.collateral_sats == BTC


@pytest.mark.long
def test_only_so_many_are_on_their_way_at_once(life: Life) -> None:
    for _ in range(MAX_OPEN + 1):
        life.send(BTC // 10)
    life.mine()
    rows = [life.take(BTC // 20) for _ in range(MAX_OPEN)]
    for deed in (lambda: life.take(BTC // 20), life.close):
        with pytest.raises(TooManyOpenWithdrawals):
            deed()
    life.cancel(rows[0])
    assert life.take(BTC // 20).status == "PLANNED"


@pytest.mark.long
def test_a_vault_with_nothing_in_it_is_closed_at_once(life: Life) -> None:
    assert life.close() is None
    assert life.vault.status == "CLOSED"
    life.deposit(BTC)  # to an address that is no vault's any more
    assert life.coins() == [(BTC, "CONFIRMED")]
    assert (life.vault.status, life.vault.collateral_sats) == ("CLOSED", 0)
    with pytest.raises(InvalidState):
        life.close()


@pytest.mark.long
def test_a_plan_to_close_is_taken_back_and_made_again_and_takes_what_came_meanwhile(life: Life) -> None:
    life.deposit(BTC)
    ask = collateral.Close(life.owner_id, life.vault_id, new_key(), HOME)
    first = collateral.close(ask, life.now)
    assert first is not None
    assert collateral.close(ask, life.now) == first
    life.cancel(first)
    assert (life.vault.status, life.vault.collateral_sats) == ("CLOSING", BTC)

    second = life.close()
    assert second is not None
    life.deposit(BTC)
    life.send_off(second)
    assert (life.vault.status, life.vault.collateral_sats) == ("CLOSING", BTC)
    third = life.close()
    assert third is not None
    life.send_off(third)
    assert life.vault.status == "CLOSED"
    assert life.at_home() == 2 * BTC - second.fee_sats - third.fee_sats

    life.house.reorg(1)  # what was closed is told again, and closed it stays
    life.follow()
    assert life.vault.status == "CLOSED"
    life.pay()
    life.mine()
    assert life.statuses() == ["CANCELED", "CONFIRMED", "CONFIRMED"]


@pytest.mark.long
def test_coins_below_the_least_deposit_are_none(life: Life) -> None:
    life.deposit(Terms().min_deposit_sats - 1)
    assert life.coins() == []
    assert life.vault.status == "PENDING"
    assert not follow(life.now)
