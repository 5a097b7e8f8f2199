"""A house with bitcoin whose chain is in memory, behind Bitcoin Core's JSON-RPC, and tokens that sign.

The library of tokens knows one folder in each process, so there is one pair of them.
"""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from custody.bitcoin.types import Network
from custody.chains.registry import source_of
from custody.services.watching.watcher import Watcher
from custody.signers.pkcs11 import TokenPlace
from ledger.services import seed_assets
from tests.custody.support.fake_bitcoind import FakeBitcoind, serving_bitcoind
from tests.custody.support.house import CustodyHouse, know_keys
from tests.custody.support.tokens import token_place


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> tuple[TokenPlace, TokenPlace]:
    """The protocol's and the backup's."""
    folder = tmp_path_factory.mktemp("tokens")
    return token_place(folder, "protocol"), token_place(folder, "backup")


@pytest.fixture
def node() -> Iterator[FakeBitcoind]:
    with serving_bitcoind() as node:
        yield node


@pytest.fixture
def house(node: FakeBitcoind, transactional_db: None, settings: Settings) -> Iterator[CustodyHouse]:
    settings.BITCOIN_NETWORK, settings.SIGNERS, settings.COLD_KEY = "regtest", {}, ""
    settings.CHAIN_START_HEIGHT = None
    seed_assets()
    know_keys()
    source = source_of(node.url, Network.REGTEST)
    yield CustodyHouse(node.chain, source, Watcher(source))
    source.close()
