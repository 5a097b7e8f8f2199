"""People with vaults: they open, deposit, mint and sign over the API, with a wallet that is not ours."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx
from django.utils import timezone

from custody.bitcoin.addresses import read_address
from custody.bitcoin.keys import read_account_key
from custody.bitcoin.proofs import prove
from custody.bitcoin.types import Network
from tests.api.bitcoin import Saver, new_saver
from tests.custody.support.house import CustodyHouse
from tests.vaults.collateral.wallet import OwnersWallet, wallet_of
from tests.vaults.support.prices import set_price
from vaults.services.coins import follow
from vaults.services.rate import begin_accumulator

VAULTS = "/api/v1/vaults"
HOUR_MS = 3_600_000
DOLLARS = 60_000  # for a bitcoin


def fix_price(dollars: int = DOLLARS, **changes: Any) -> None:
    """Good for an hour: the oracle of these tests makes no rounds."""
    set_price(dollars, timezone.now(), stale_after_ms=HOUR_MS, **changes)


def begin_vaults() -> None:
    begin_accumulator(timezone.now())
    fix_price()


@dataclass(frozen=True)
class Owner(Saver):
    """A saver with a wallet of his own."""

    wallet: OwnersWallet

    def deed(self, path: str, *, once: str | None = None, **body: Any) -> httpx.Response:
        """Under a new key or `once`."""
        headers = {"Idempotency-Key": once or secrets.token_hex(8)}
        return self.send("POST", path, body, headers=headers)

    def opening(self, **changes: Any) -> dict[str, Any]:
        """A body with a proof of now."""
        key, time_s = read_account_key(self.wallet.account_key, Network.REGTEST), int(time.time())
        proof = prove(self.wallet.secret_at(0, 0), Network.REGTEST, self.user_id, key, time_s)
        return {
            "key": self.wallet.account_key,
            "proof": proof,
            "time": time_s,
            "label": "savings",
        } | changes

    def open(self) -> dict[str, Any]:
        vault: dict[str, Any] = done(self.deed(VAULTS, **self.opening()))["vault"]
        return vault

    def vault(self, path: str) -> dict[str, Any]:
        vault: dict[str, Any] = self.get(path)["vault"]
        return vault

    def sign(self, shown: dict[str, Any]) -> httpx.Response:
        """Hand in what the wallet made of a planned withdrawal."""
        path = f"{path_of(shown['vault_id'])}/withdrawals/{shown['withdrawal_id']}/sign"
        return self.send("POST", path, {"psbt": self.wallet.signed(shown["psbt"])})

    def funded(self, chain: CustodyHouse, sats: int) -> str:
        """The path of a vault that holds so much."""
        shown = self.open()
        pay_vault(chain, shown["address"], sats)
        return path_of(shown["vault_id"])


def done(response: httpx.Response) -> Any:
    """The answer of a deed that is carried out."""
    assert response.status_code in (200, 201), response.text
    return response.json()


def path_of(vault_id: str) -> str:
    return f"{VAULTS}/{vault_id}"


def pay_vault(chain: CustodyHouse, address: str, sats: int) -> None:
    """Paid, mined, watched and credited."""
    chain.chain.pay(read_address(address, Network.REGTEST), sats)
    chain.chain.mine(1)
    catch_up(chain)


def catch_up(chain: CustodyHouse) -> None:
    """The house knows the chain, and the vaults what the house knows."""
    chain.watch()
    while follow(timezone.now()):
        pass


def new_owner(client: httpx.Client, name: str) -> Owner:
    saver = new_saver(client, name)
    kept = {field: getattr(saver, field) for field in Saver.__dataclass_fields__}
    return Owner(**kept, wallet=wallet_of(f"{name}-{saver.user_id}"))
