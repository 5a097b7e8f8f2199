"""A vault that is closed while its owner's own bitcoin is on its way to it, out of the house's wallet."""

from datetime import timedelta

import pytest

from access.second_factor import code_at, seed_second_factor, step_at
from access.second_factor.codes import new_secret
from access.services import Origin
from custody.services.allowed_addresses import seed_address
from ledger.services import issue_demo_funds
from tests.vaults.collateral.scene import BTC, Life, assert_all_is_true, new_key
from vaults.errors import InvalidState
from vaults.services.saving import Save, save

pytestmark = pytest.mark.long


def send_own(life: Life, sats: int) -> None:
    """By a save, from her wallet in the house."""
    secret, long_ago = new_secret(), life.now - timedelta(days=30)
    seed_second_factor(user_id=life.owner_id, secret=secret, changed_at=long_ago)
    seed_address(owner_id=life.owner_id, address=life.vault.address, label="vault", created_at=long_ago)
    issue_demo_funds(owner_id=life.owner_id, asset="BTC", amount_atoms=2 * sats, key=new_key())
    code = code_at(secret, step_at(life.now))
    ask = Save(life.owner_id, life.vault_id, new_key(), deposit_sats=sats, code=code)
    save(ask, life.now, Origin(life.owner_id))
    assert_all_is_true()


def test_it_stays_closing_until_that_has_come_and_gone_home(life: Life) -> None:
    life.deposit(BTC)
    send_own(life, BTC // 10)
    first = life.close()
    assert first is not None
    life.send_off(first)
    assert life.statuses() == ["CONFIRMED"]
    assert life.close() is None
    assert life.vault.status == "CLOSING"  # the house has nothing in its own wallet to send yet

    life.house.refill(BTC)
    life.pay()
    life.mine()
    assert life.coins() == [(BTC, "SPENT"), (BTC // 10, "CREDITED")]
    assert (life.vault.status, life.vault.collateral_sats) == ("CLOSING", BTC // 10)
    last = life.close()
    assert last is not None
    life.send_off(last)
    assert life.vault.status == "CLOSED"
    assert life.at_home() == BTC + BTC // 10 - first.fee_sats - last.fee_sats


def test_it_stays_open_while_a_deposit_is_in_the_mempool(life: Life) -> None:
    life.send(BTC)
    life.follow()
    with pytest.raises(InvalidState):
        life.close()
    life.house.node.drop_mempool()
    life.follow()
    assert life.close() is None
    assert life.vault.status == "CLOSED"
