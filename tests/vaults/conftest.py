"""Fixtures of the vaults' tests: the house's assets, in the test's own transaction or committed."""

import pytest

from ledger.services import seed_assets


@pytest.fixture
def assets(db: None) -> None:
    seed_assets()


@pytest.fixture
def committed_assets(transactional_db: None) -> None:
    """For tests with several connections."""
    seed_assets()
