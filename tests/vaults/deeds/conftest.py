"""A demo house with dollars, inside the test's own transaction or committed for several connections."""

import pytest
from pytest_django import Settings

from ledger.services import seed_assets
from tests.custody.support.house import know_keys


@pytest.fixture
def _demo(settings: Settings) -> None:
    settings.DEMO, settings.CUSTODY = True, True
    settings.BITCOIN_NETWORK = "regtest"


@pytest.fixture
def house(db: None, _demo: None) -> None:
    seed_assets()
    know_keys()


@pytest.fixture
def committed_house(transactional_db: None, _demo: None) -> None:
    seed_assets()
    know_keys()
