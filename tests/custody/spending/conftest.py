"""A house with 10 BTC in its hot wallet in two coins, and customers whose withdrawals need no operator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from custody.bitcoin.types import Network, Role
from custody.chains.registry import source_of
from custody.models import VaultWallet
from custody.rules.terms import Terms
from custody.services.spending.outside import Outside
from custody.services.watching.watcher import Watcher
from ledger.services import seed_assets
from tests.custody.spending.vault_scene import opened_vault
from tests.custody.support.house import know_keys
from tests.custody.support.paying import BTC, PayingHouse, hot_signer, protocol_signer, serving_chain
from tests.custody.withdrawals.scene import Customer, customer, new_terms


@pytest.fixture
def bare_house(tmp_path: Path, transactional_db: None, settings: Settings) -> Iterator[PayingHouse]:
    settings.CUSTODY, settings.DEMO = True, True
    settings.BITCOIN_NETWORK, settings.SIGNERS, settings.COLD_KEY = "regtest", {}, ""
    settings.CHAIN_START_HEIGHT = None
    seed_assets()
    know_keys()
    new_terms(four_eyes_above_sats=Terms().max_withdrawal_sats)
    with serving_chain(tmp_path / "chain") as (node, url):
        source = source_of(url, Network.REGTEST)
        outside = Outside(source, {Role.HOT: hot_signer(), Role.PROTOCOL: protocol_signer()})
        house = PayingHouse(node, url, source, Watcher(source), outside)
        house.watch()
        yield house
        source.close()


@pytest.fixture
def house(bare_house: PayingHouse) -> PayingHouse:
    bare_house.refill(6 * BTC, 4 * BTC)
    return bare_house


@pytest.fixture
def alice(house: PayingHouse) -> Customer:
    return customer("alice")


@pytest.fixture
def bob(house: PayingHouse) -> Customer:
    return customer("bob")


@pytest.fixture
def vault(bare_house: PayingHouse) -> VaultWallet:
    """Alice's, with 2 BTC in it."""
    return opened_vault(bare_house, 2 * BTC)
