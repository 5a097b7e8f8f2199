"""Alice's vault on a chain in memory, which takes whatever it is given."""

from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Role
from custody.models import WatchedScript
from custody.services.vault_wallets import open_vault_wallet
from tests.custody.support.house import CustodyHouse, person
from tests.custody.support.wallets import account

VAULT = "vault:1"


def open_vault(house: CustodyHouse) -> None:
    open_vault_wallet(person("alice").pk, VAULT, key_text(account("user", Role.USER).key))
    house.watch()


def script(branch: int = 0) -> bytes:
    return bytes(WatchedScript.objects.get(wallet=VAULT, branch=branch).script)
