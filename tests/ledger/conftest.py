"""Fixtures of the ledger's tests: assets, demo mode, and a database that threads can share."""

import pytest
from pytest_django import Settings

from ledger import services


@pytest.fixture
def ledger(db: None, settings: Settings) -> None:
    """The assets of the house, in demo mode, inside the test's own transaction."""
    settings.DEMO = True
    services.seed_assets()


@pytest.fixture
def committed_ledger(transactional_db: None, settings: Settings) -> None:
    """The same, committed, for tests with several connections."""
    settings.DEMO = True
    services.seed_assets()
