"""Custody that is on, a customer with money, operators, and what a source shows one of them."""

import pytest
from pytest_django import Settings

from config import cockpit_sources
from ledger.services import seed_assets
from tests.admin.work.reading import forget_figures
from tests.custody.withdrawals.scene import Customer, customer


@pytest.fixture
def custody(db: None, settings: Settings) -> None:
    settings.CUSTODY, settings.BITCOIN_NETWORK, settings.SIGNERS = True, "regtest", {}
    settings.DEMO = True
    settings.OPERATOR_WORK, settings.OPERATOR_FIGURES = cockpit_sources.WORK, cockpit_sources.FIGURES
    settings.OPERATOR_SEARCH, settings.OPERATOR_PANELS = cockpit_sources.SEARCH, cockpit_sources.PANELS
    seed_assets()
    forget_figures()


@pytest.fixture
def alice(custody: None) -> Customer:
    return customer("alice")


@pytest.fixture
def bob(custody: None) -> Customer:
    return customer("bob")
