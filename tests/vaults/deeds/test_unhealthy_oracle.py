"""With a price that may not be used nobody mints, and repaying and saving go on: each state of the oracle."""

from datetime import timedelta
from typing import Any

import pytest

from access.errors import DomainError
from access.services import Origin
from oracle.rules import Halt, Refusal
from tests.vaults.deeds.scene import E8, NOON, funded_vault, mint_ask, new_key, repaid
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import take_step
from vaults.rules.statuses import VaultEvent
from vaults.selectors import view_of
from vaults.services.minting import mint
from vaults.services.saving import Save, save

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10
NOW_MS = round(NOON.timestamp() * 1000)
STATES: dict[str, dict[str, Any]] = {
    "ORACLE_HALTED": {"halt": Halt("JUMP", NOW_MS)},
    "ORACLE_PAUSED": {"minting_paused_until_ms": NOW_MS + 1},
    **{f"ORACLE_DEGRADED {one}": {"refusal": one} for one in Refusal},
    "ORACLE_STALE": {"stale_after_ms": -1},
    "ORACLE_UNAVAILABLE": {"last": None, "confirming": None},
}


@pytest.mark.parametrize("state", STATES)
def test_in_this_state_nobody_mints_and_everybody_repays_and_saves(state: str) -> None:
    set_price(45_000, **STATES[state])
    vault = funded_vault(sats=TENTH, debt=2_000 * E8)
    with pytest.raises(DomainError) as raised:
        mint(mint_ask(vault, 100), NOON)
    assert (raised.value.code, raised.value.status) == (state.split()[0], 503)
    assert repaid(vault, 100).debt_atoms == 1_900 * E8
    saved = save(Save(vault.owner_id, vault.pk, new_key(), repay_atoms=100 * E8), NOON, Origin())
    assert saved.debt_atoms == 1_800 * E8
    seen = view_of(vault, NOON)
    assert (seen.mintable_atoms, seen.free_collateral_sats) == (None, None)
    assert seen.around.no_mint_price == state.split()[0]


def test_a_pause_of_liquidations_alone_stops_no_mint() -> None:
    set_price(45_000, liquidations_paused_until_ms=NOW_MS + 1)
    assert mint(mint_ask(funded_vault(sats=TENTH), 1_000), NOON).debt_atoms == 1_000 * E8


def test_a_price_of_a_moment_that_is_not_yet_or_long_ago_mints_nothing() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    for moment in (NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)):
        with pytest.raises(DomainError) as raised:
            mint(mint_ask(vault, 1_000), moment)
        assert raised.value.code == "ORACLE_STALE"


def test_a_vault_being_liquidated_may_be_saved_while_the_oracle_is_halted() -> None:
    set_price(20_000, halt=Halt("JUMP", NOW_MS))
    vault = funded_vault(sats=TENTH, debt=2_500 * E8)
    take_step(vault, VaultEvent.LIQUIDATE)
    assert repaid(vault, None).status == "ACTIVE"
