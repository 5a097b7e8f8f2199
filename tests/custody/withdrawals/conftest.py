"""Custody of regtest that is on, and Alice with money, a second factor and an old address on her list."""

import pytest
from pytest_django import Settings

from ledger.services import seed_assets
from tests.custody.withdrawals.scene import Customer, customer


@pytest.fixture
def _custody(settings: Settings) -> None:
    settings.CUSTODY = True
    settings.BITCOIN_NETWORK = "regtest"
    settings.DEMO = True


@pytest.fixture
def custody(db: None, _custody: None) -> None:
    """Inside the test's own transaction."""
    seed_assets()


@pytest.fixture
def committed_custody(transactional_db: None, _custody: None) -> None:
    """The same for threads with connections of their own."""
    seed_assets()


@pytest.fixture
def alice(custody: None) -> Customer:
    return customer("alice")
