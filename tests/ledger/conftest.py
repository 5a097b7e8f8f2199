"""Fixtures of the ledger's tests: assets, demo mode, and a database that threads can share."""

import pytest
from pytest_django import Settings

from ledger import services


@pytest.fixture
def _ledger_alone(settings: Settings) -> None:
    """Demo mode, and no other app's checks: here trading accounts are funded without an engine."""
    settings.DEMO = True
    settings.LEDGER_CHECKS = []


@pytest.fixture
def ledger(db: None, _ledger_alone: None) -> None:
    """The assets of the house, inside the test's own transaction."""
    services.seed_assets()


@pytest.fixture
def committed_ledger(transactional_db: None, _ledger_alone: None) -> None:
    """The same, committed, for tests with several connections."""
    services.seed_assets()
