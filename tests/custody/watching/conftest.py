"""A house with Alice's vault."""

import pytest

from tests.custody.support.house import CustodyHouse
from tests.custody.watching.vault_scene import open_vault


@pytest.fixture
def vault(house: CustodyHouse) -> CustodyHouse:
    open_vault(house)
    return house
