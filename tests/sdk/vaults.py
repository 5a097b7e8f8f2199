"""Calls of the SDK about vaults, and what they are called with: vaults of Alice's, funded and empty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.api.bitcoin import OUTSIDE, Saver
from tests.api.vault_owners import Owner, begin_vaults, done, path_of, pay_vault
from tests.custody.support.house import BTC, CustodyHouse
from tests.vaults.collateral.wallet import wallet_of

COINS = 5  # a plan holds one, and what comes back waits for its block


@dataclass
class OwnVaults:
    """`funded` holds some bitcoin and owes some dollars."""

    owner: Owner
    funded: str

    @classmethod
    def of(cls, alice: Saver, chain: CustodyHouse) -> "OwnVaults":
        begin_vaults()
        kept = {field: getattr(alice, field) for field in Saver.__dataclass_fields__}
        owner = Owner(**kept, wallet=wallet_of(f"sdk-{alice.user_id}"))
        path = owner.funded(chain, BTC)
        address = owner.vault(path)["address"]
        for _ in range(COINS - 1):
            pay_vault(chain, address, BTC)
        done(owner.deed(f"{path}/mint", amount="5000"))
        return cls(owner, path.rpartition("/")[2])

    def empty(self) -> str:
        return str(self.owner.open()["vault_id"])

    def plan(self) -> dict[str, Any]:
        """A withdrawal that waits for its signature; what else waits is taken back."""
        path = path_of(self.funded)
        for one in self.owner.get(f"{path}/withdrawals")["withdrawals"]:
            if one["status"] == "PLANNED":
                self.owner.delete(f"{path}/withdrawals/{one['withdrawal_id']}")
        body = {"amount": "0.01", "address": OUTSIDE}
        shown: dict[str, Any] = done(self.owner.deed(f"{path}/withdraw", **body))["withdrawal"]
        return shown

    def plan_id(self) -> str:
        return str(self.plan()["withdrawal_id"])

    def signing(self) -> tuple[str, dict[str, str]]:
        shown = self.plan()
        return str(shown["withdrawal_id"]), {"psbt": self.owner.wallet.signed(shown["psbt"])}


def _sign(client: Any, own: OwnVaults) -> Any:
    withdrawal_id, body = own.signing()
    return client.vaults.sign(own.funded, withdrawal_id, **body)


VAULT_CALLS: dict[str, Callable[[Any, OwnVaults], Any]] = {
    "get_vaults": lambda c, s: c.vaults.find(page_size=1),
    "post_vaults": lambda c, s: c.vaults.open(**s.owner.opening()),
    "get_vaults_terms": lambda c, s: c.vaults.terms(),
    "get_vaults_by_vault_id": lambda c, s: c.vaults.get(s.funded),
    "get_vaults_by_vault_id_deposits": lambda c, s: c.vaults.deposits(s.funded, page_size=1),
    "get_vaults_by_vault_id_events": lambda c, s: c.vaults.events(s.funded, after=1),
    "get_vaults_by_vault_id_export": lambda c, s: c.vaults.export(s.funded),
    "get_vaults_by_vault_id_preview": lambda c, s: c.vaults.preview(s.funded, mint="1", price="50000"),
    "post_vaults_by_vault_id_mint": lambda c, s: c.vaults.mint(s.funded, amount="10", min_ratio="2"),
    "post_vaults_by_vault_id_repay": lambda c, s: c.vaults.repay(s.funded, amount="10"),
    "post_vaults_by_vault_id_save": lambda c, s: c.vaults.save(s.funded, repay="10"),
    "post_vaults_by_vault_id_withdraw": lambda c, s: c.vaults.withdraw(
        s.funded, amount="0.01", address=OUTSIDE
    ),
    "post_vaults_by_vault_id_close": lambda c, s: c.vaults.close(s.empty(), address=OUTSIDE),
    "get_vaults_by_vault_id_withdrawals": lambda c, s: c.vaults.withdrawals(s.funded, page_size=1),
    "get_vaults_by_vault_id_withdrawals_by_withdrawal_id": lambda c, s: c.vaults.withdrawal(
        s.funded, s.plan_id()
    ),
    "delete_vaults_by_vault_id_withdrawals_by_withdrawal_id": lambda c, s: c.vaults.cancel_withdrawal(
        s.funded, s.plan_id()
    ),
    "post_vaults_by_vault_id_withdrawals_by_withdrawal_id_sign": _sign,
}
