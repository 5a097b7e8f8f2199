"""The stability fee is booked as the clock goes: once for each second, whoever asks and however often."""

from datetime import datetime, timedelta
from random import Random
from threading import Thread

import pytest
from django.db import connections

from ledger.models import Account, Transfer
from ledger.rules import Purpose
from ledger.selectors import house_balance
from ledger.streams import events_of
from tests.vaults.support.rows import E8, NOON, funded_vault, later, mint_row
from vaults.models import FeeAccumulator, FiguresVersion, Vault
from vaults.rules.accumulator import RAY, YEAR_SECONDS, debt_atoms, rate_after
from vaults.rules.figures import Figures, as_values
from vaults.selectors_rate import current_rate
from vaults.services.accruing import STREAM, accrue

DAY = 86_400


def fee_of(ppm: int) -> None:
    FiguresVersion.objects.create(**{**as_values(Figures()), "stability_fee_ppm": ppm}, reason="test")


def booked(purpose: Purpose) -> int:
    return house_balance(asset="USDB", purpose=purpose)


def owed_by_all() -> int:
    total = sum(Vault.objects.values_list("normalised_atoms", flat=True))
    return debt_atoms(total, current_rate().rate_ray)


@pytest.mark.django_db
def test_where_there_are_no_dollars_yet_nothing_is_begun() -> None:
    assert accrue(NOON) == 0
    assert not FeeAccumulator.objects.exists()
    assert not Account.objects.exists()


def test_a_year_of_months_is_the_fee_of_a_year(assets: None) -> None:
    funded_vault(debt=2_000 * E8)
    fees = [accrue(later(day * DAY)) for day in (*range(30, 331, 30), 365)]
    assert current_rate().accruals == 12
    assert abs(sum(fees) - 40 * E8) <= 1
    assert booked(Purpose.FEES) == sum(fees)
    assert -booked(Purpose.VAULT_DEBT) == owed_by_all()


def test_five_percent_a_year_for_a_day_is_the_figure_of_exact_arithmetic(assets: None) -> None:
    fee_of(50_000)
    funded_vault(debt=1_000_000 * E8)
    # 1,000,000 * (1.05 ** (1 / 365) - 1) = 133.68061711..., and atoms of debt are rounded up
    assert accrue(later(DAY)) == 13_368_061_712


def test_it_says_what_it_did_in_its_stream(assets: None) -> None:
    funded_vault(debt=1_000 * E8)
    fee = accrue(later(60))
    (event,) = events_of(STREAM)
    assert (event.version, event.name) == (1, "ACCRUED")
    (latest,) = Transfer.objects.filter(key="vaults:accrual:1")
    assert (latest.reference, latest.amount_atoms) == ("stability-fee:1", fee)
    assert event.data == {
        "rate_ray": str(rate_after(RAY, 20_000, 60)),
        "seconds": 60,
        "fee_ppm": 20_000,
        "normalised_atoms": 1_000 * E8,
        "fee_atoms": fee,
        "rounding_atoms": 0,
        "after_transfer": latest.pk,
    }


def test_parts_of_a_second_wait_for_their_whole(assets: None) -> None:
    accrue(NOON)
    assert accrue(later(0.999)) == 0
    assert current_rate().accruals == 0
    accrue(later(1.7))
    assert current_rate().accrued_ms == int(later(1).timestamp() * 1000)
    accrue(later(2.1))
    assert current_rate().rate_ray == rate_after(rate_after(RAY, 20_000, 1), 20_000, 1)


def test_a_clock_that_goes_back_changes_nothing(assets: None) -> None:
    accrue(NOON)
    accrue(later(3_600))
    before = current_rate()
    assert accrue(later(60)) == 0
    assert current_rate() == before


def test_what_was_missed_is_one_step(assets: None) -> None:
    funded_vault(debt=1_000 * E8)
    accrue(later(30 * DAY))
    assert current_rate().accruals == 1
    assert current_rate().rate_ray == rate_after(RAY, 20_000, 30 * DAY)


def test_a_clock_that_jumps_by_years_is_followed_a_year_at_a_time(assets: None) -> None:
    accrue(NOON)
    accrue(later(40 * YEAR_SECONDS))
    assert current_rate().rate_ray == rate_after(RAY, 20_000, YEAR_SECONDS)


def test_without_debt_and_without_a_fee_the_time_passes_all_the_same(assets: None) -> None:
    accrue(NOON)
    assert accrue(later(60)) == 0
    fee_of(0)
    funded_vault(debt=1_000 * E8)
    assert accrue(later(120)) == 0
    assert current_rate().accrued_ms == int(later(120).timestamp() * 1000)
    assert [event.data["fee_atoms"] for event in events_of(STREAM)] == [0, 0]


def test_what_rounding_left_is_trued_up(assets: None) -> None:
    """Each mint rounds up for itself; all together owe less."""
    accrue(NOON)
    accrue(later(1_000 * DAY))
    for _ in range(6):
        funded_vault(debt=1_000 * E8 + 1)
    before = -booked(Purpose.VAULT_DEBT)
    assert before > owed_by_all()
    fee = accrue(later(1_000 * DAY + 60))
    assert -booked(Purpose.VAULT_DEBT) == owed_by_all()
    assert events_of(STREAM)[-1].data["rounding_atoms"] == owed_by_all() - before - fee < 0


@pytest.mark.parametrize("seed", range(4))
def test_the_account_is_all_normalised_debt_times_the_rate(assets: None, seed: int) -> None:
    """Mints and accruals in any order, at any fee."""
    chance, vault, now, minted = Random(seed), funded_vault(), NOON, 0
    for _ in range(6):
        fee_of(chance.randint(0, 1_000_000))
        atoms = chance.randint(1, 10**13)
        mint_row(vault, atoms, now)
        minted += atoms
        now += timedelta(seconds=chance.randint(1, YEAR_SECONDS))
        accrue(now)
        assert -booked(Purpose.VAULT_DEBT) == owed_by_all()
    everything = [Purpose.VAULT_DEBT, Purpose.FEES, Purpose.VAULT_ROUNDING]
    assert sum(booked(purpose) for purpose in everything) == -minted


def _accrue_aside(now: datetime, fees: list[int]) -> None:
    try:
        fees.append(accrue(now))
    finally:
        connections.close_all()


def test_many_at_once_book_a_minute_once(committed_assets: None) -> None:
    funded_vault(debt=1_000_000 * E8)
    fees: list[int] = []
    threads = [Thread(target=_accrue_aside, args=(later(60), fees)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(fees)[:5] == [0] * 5
    assert max(fees) == booked(Purpose.FEES) > 0
    assert FeeAccumulator.objects.get().accruals == 1
