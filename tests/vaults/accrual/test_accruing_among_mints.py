"""The fee is booked while others mint: nobody's debt moves in the middle of it, and the books agree after."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections

from ledger.rules import Purpose
from ledger.selectors import house_balance, identity_violations
from tests.vaults.support.rows import E8, funded_vault, later, mint_row
from vaults.models import Vault
from vaults.selectors_rate import current_rate
from vaults.services.accruing import accrue

TURNS = 12


def _aside(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def _mints(vault: Vault) -> None:
    for number in range(TURNS):
        mint_row(vault, 10**9 + number)


def _accruals() -> None:
    for number in range(1, TURNS + 1):
        accrue(later(number * 86_400))


def test_mints_and_accruals_at_once_leave_books_that_agree(committed_assets: None) -> None:
    vaults = [funded_vault(name, debt=1_000 * E8) for name in ("alice", "bob", "carol")]
    works: list[Callable[[], None]] = [_accruals, *(partial(_mints, vault) for vault in vaults)]
    with ThreadPoolExecutor(len(works)) as pool:
        assert list(pool.map(_aside, works, timeout=60)) == [None] * len(works)
    assert current_rate().accruals == TURNS
    minted = 3 * (1_000 * E8 + TURNS * 10**9 + sum(range(TURNS)))
    everything = (Purpose.VAULT_DEBT, Purpose.FEES, Purpose.VAULT_ROUNDING)
    assert sum(house_balance(asset="USDB", purpose=one) for one in everything) == -minted
    assert identity_violations() == []
