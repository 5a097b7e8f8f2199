"""Owners with a browser, whose vaults are paid for on a chain of their own."""

from collections.abc import Callable

import httpx
import pytest
from django.contrib.auth.models import User

from tests.api.house import House
from tests.api.vault_owners import begin_vaults, new_owner
from tests.browser.vaults.scene import VaultOwner
from tests.custody.support.house import CustodyHouse


@pytest.fixture(autouse=True)
def _begun(site: House, chain: CustodyHouse) -> None:
    begin_vaults()


@pytest.fixture
def owner(client: httpx.Client) -> Callable[[str], VaultOwner]:
    """owner("alice") makes one who has no vault yet."""

    def made(name: str) -> VaultOwner:
        speaks = new_owner(client, name)
        return VaultOwner(User.objects.get(pk=speaks.user_id), speaks)

    return made
