"""A demo house on the development chain with a watcher and the protocol's signer, and Alice's vault in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from custody.bitcoin.types import Network, Role
from custody.chains.registry import source_of
from custody.services.spending.outside import Outside
from custody.services.watching.watcher import Watcher
from ledger.services import seed_assets
from tests.custody.support.house import know_keys
from tests.custody.support.paying import PayingHouse, hot_signer, protocol_signer, serving_chain
from tests.vaults.collateral.scene import Life, open_life


@pytest.fixture
def house(tmp_path: Path, transactional_db: None, settings: Settings) -> Iterator[PayingHouse]:
    settings.CUSTODY, settings.DEMO = True, True
    settings.BITCOIN_NETWORK, settings.SIGNERS, settings.COLD_KEY = "regtest", {}, ""
    settings.CHAIN_START_HEIGHT = None
    seed_assets()
    know_keys()
    with serving_chain(tmp_path / "chain") as (node, url):
        source = source_of(url, Network.REGTEST)
        outside = Outside(source, {Role.HOT: hot_signer(), Role.PROTOCOL: protocol_signer()})
        house = PayingHouse(node, url, source, Watcher(source), outside)
        house.watch()
        yield house
        source.close()


@pytest.fixture
def life(house: PayingHouse) -> Life:
    return open_life(house)
