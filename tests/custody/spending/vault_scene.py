"""Alice's vault with 2 BTC in it, plans of its coins, and the signatures of whoever has its keys."""

from custody.bitcoin import psbts
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Network, Payment, Role
from custody.models import Spend, VaultWallet, WatchedScript
from custody.services.spending.vaults import PlannedSpend, plan_vault_spend
from custody.services.vault_wallets import open_vault_wallet
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from tests.custody.support.house import person
from tests.custody.support.paying import BTC, PayingHouse, latest, plan_of
from tests.custody.support.psbt_maps import PARTIAL_SIG, maps_of
from tests.custody.support.wallets import account, address, seed_of

REFERENCE = "vault:1"


def opened_vault(house: PayingHouse, *sats: int) -> VaultWallet:
    """With one confirmed coin of each of these amounts."""
    key = key_text(account("user", Role.USER).key)
    wallet = open_vault_wallet(person("alice").pk, REFERENCE, key)
    for one in sats:
        house.node.send(vault_address(), one)
    house.mine()
    return wallet


def vault_address() -> str:
    return WatchedScript.objects.get(wallet=REFERENCE, branch=0).address


def planned(sats: int = BTC, reference: str = "vault-withdrawal:1") -> PlannedSpend:
    payment = Payment(address("carol"), sats, reference)
    return plan_vault_spend(reference=REFERENCE, payments=[payment], fee_rate=3_000)


def signed_by(name: str, role: Role, spend: Spend) -> str:
    """The plan's PSBT as that person's wallet gives it back."""
    plan = plan_of(latest(spend))
    signer = memory_signer(seed_of(name), Rules(role, Network.REGTEST))
    position = {Role.USER: 0, Role.PROTOCOL: 1, Role.BACKUP: 2}[role]
    given = signer.sign(plan, psbts.psbt_of(plan))
    return psbts.with_signatures(plan, {plan.wallet.keys[position]: given})


def signatures_alone(text: str) -> str:
    """As a wallet gives it back that shows what it signed as a QR code."""
    maps = maps_of(text)
    kept = [[field for field in fields if field[0][0] == PARTIAL_SIG] for fields in maps.maps[1:]]
    maps.maps = [maps.maps[0], *kept]
    return maps.text()


def owner_signed(one: PlannedSpend) -> str:
    return signed_by("user", Role.USER, one.spend)
