"""Any sequence of deeds, prices and fees: no owner's own act leaves his vault below its minimum, nothing is
minted without bitcoin behind it, and every identity holds."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.errors import DomainError
from access.services import Origin
from ledger.rules import Purpose
from oracle.selectors import price_for_mint
from tests.vaults.deeds.scene import E8, NOON, assert_books_balance, house_atoms, new_key, user
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import credit_coin, open_vault_row
from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.ratios import is_covered
from vaults.rules.statuses import FREE, VaultStatus
from vaults.selectors_rate import current_rate
from vaults.services.accruing import accrue
from vaults.services.minting import Mint, mint
from vaults.services.repaying import Repay, repay
from vaults.services.saving import Save, save
from vaults.services.scanning import run_once

OWNERS = ("alice", "bob")
FLOOR = 1_000 * E8
AMOUNTS = st.one_of(st.integers(1, 5_000 * E8), st.sampled_from([FLOOR - 1, FLOOR, 3_000 * E8, 10**17]))
NUMBERS = st.integers(0, 2)
DEEDS = st.one_of(
    st.tuples(st.just("mint"), NUMBERS, AMOUNTS),
    st.tuples(st.just("mint"), NUMBERS, AMOUNTS),
    st.tuples(st.just("repay"), NUMBERS, st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("repay_by_another"), NUMBERS, AMOUNTS),
    st.tuples(st.just("save"), NUMBERS, AMOUNTS),
    st.tuples(st.just("add"), NUMBERS, st.integers(1, E8 // 5)),
    st.tuples(st.just("price"), st.integers(15_000, 60_000), st.none()),
    st.tuples(st.just("accrue"), st.integers(1, 20_000), st.none()),
    st.tuples(st.just("scan"), NUMBERS, st.none()),
)

Told = tuple[str, int, int | None]
SEQUENCES = st.lists(DEEDS, min_size=6, max_size=14)


class EndOfExampleError(Exception):
    pass


@dataclass
class Flow:
    vaults: list[Vault] = field(default_factory=lambda: [open_vault_row(name) for name in (*OWNERS, "alice")])
    now: datetime = NOON
    dollars: int = 45_000

    def take(self, deed: str, number: int, amount: int | None) -> None:
        match deed:
            case "price":
                self.dollars = number
            case "accrue":
                self.now += timedelta(hours=number)
                accrue(self.now)
            case "scan":
                run_once(self.now)
            case _:
                self.act(deed, self.vaults[number], amount)
        set_price(self.dollars, self.now)

    def act(self, deed: str, vault: Vault, amount: int | None) -> None:
        vault.refresh_from_db()
        before = vault.version
        with suppress(DomainError):
            self.ask(deed, vault, amount)
        vault.refresh_from_db()
        if vault.version == before:
            return
        if deed == "mint":
            price_e8 = price_for_mint(now_ms=round(self.now.timestamp() * 1000)).price_e8
            assert is_covered(vault.collateral_sats, self.owed(vault), price_e8, 1_500_000)
            assert vault.collateral_sats
            assert VaultStatus(vault.status) in FREE
        assert self.owed(vault) == 0 or self.owed(vault) >= FLOOR

    def ask(self, deed: str, vault: Vault, amount: int | None) -> None:
        owner_id, key = vault.owner_id, new_key()
        if deed == "repay" or amount is None:
            repay(Repay(owner_id, vault.pk, key, amount), self.now)
        elif deed == "mint":
            mint(Mint(owner_id, vault.pk, key, amount), self.now)
        elif deed == "save":
            save(Save(owner_id, vault.pk, key, repay_atoms=amount), self.now, Origin())
        elif deed == "repay_by_another":
            repay(Repay(user("bob").pk, vault.pk, key, amount), self.now)
        else:
            credit_coin(vault, amount, self.now)

    def owed(self, vault: Vault) -> int:
        return debt_atoms(vault.normalised_atoms, current_rate().rate_ray)


@pytest.mark.usefixtures("house")
@given(SEQUENCES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_breaks_a_promise(deeds: list[Told]) -> None:
    try_sequence(deeds)


@pytest.mark.long
@pytest.mark.usefixtures("house")
@given(SEQUENCES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_many_breaks_a_promise(deeds: list[Told]) -> None:
    try_sequence(deeds)


def try_sequence(deeds: list[Told]) -> None:
    with suppress(EndOfExampleError), transaction.atomic():
        set_price(45_000)
        flow = Flow()
        for number, vault in enumerate(flow.vaults):
            credit_coin(vault, E8 // 10 * (number + 1))
        for deed in deeds:
            flow.take(*deed)
        owed = sum(flow.owed(Vault.objects.get(pk=vault.pk)) for vault in flow.vaults)
        assert abs(owed + house_atoms(Purpose.VAULT_DEBT)) <= len(deeds) + len(flow.vaults)
        assert_books_balance()
        raise EndOfExampleError
