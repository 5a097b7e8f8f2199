"""Operators read on the pages of keys and of vaults' wallets whom the owners of vaults have to trust."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import Settings

from custody.rules.parties import ONE_PARTY, TWO_PARTIES, UNKNOWN
from tests.custody.support.house import know_keys
from tests.support.operators import operator

PAGES = ["walletkey", "vaultwallet"]


@pytest.fixture
def olga(transactional_db: None) -> Client:
    client = Client()
    operator(client, name="olga")
    return client


def page(client: Client, model: str) -> str:
    return client.get(reverse(f"admin:custody_{model}_changelist")).content.decode()


@pytest.mark.parametrize("model", PAGES)
def test_before_any_signer_has_answered_nobody_knows(olga: Client, model: str) -> None:
    assert escape(UNKNOWN) in page(olga, model)


@pytest.mark.parametrize("model", PAGES)
def test_two_parties_are_two(olga: Client, model: str) -> None:
    know_keys()
    assert escape(TWO_PARTIES) in page(olga, model)


@pytest.mark.parametrize("model", PAGES)
def test_a_house_that_runs_the_backup_is_one_party(olga: Client, model: str, settings: Settings) -> None:
    know_keys()
    settings.OWN_BACKUP = True
    assert escape(ONE_PARTY) in page(olga, model)
