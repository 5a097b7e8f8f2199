"""A house on Bitcoin Core's consensus engine and one of Alice's vaults in it; her wallet is not ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from custody.bitcoin.addresses import read_address
from custody.bitcoin.keys import read_account_key
from custody.bitcoin.proofs import prove
from custody.bitcoin.types import Network, OutPoint
from custody.models import WatchedScript
from ledger.selectors import identity_violations
from ledger.streams import events_of
from tests.custody.support.house import person
from tests.custody.support.paying import PayingHouse
from tests.custody.support.wallets import address
from tests.vaults.collateral.wallet import OwnersWallet, wallet_of
from tests.vaults.support.prices import set_price
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.proofs import Proof
from vaults.services import collateral, signing
from vaults.services.coins import follow
from vaults.services.minting import Mint, mint
from vaults.services.opening import Opening, open_vault
from vaults.services.rate import begin_accumulator
from vaults.services.repaying import Repay, repay

BTC = 100_000_000
E8 = 100_000_000
HOME = address("alice-at-home")
_numbers = count(1)


def new_key() -> str:
    return f"key-{next(_numbers)}"


@dataclass
class Life:
    """One vault, whose bitcoin costs `dollars`. All identities hold after each step."""

    house: PayingHouse
    vault_id: UUID
    wallet: OwnersWallet
    owner_id: int
    dollars: int = 60_000

    @property
    def now(self) -> datetime:
        return self.house.now

    @property
    def vault(self) -> Vault:
        return Vault.objects.select_related("figures").get(pk=self.vault_id)

    def price(self, dollars: int) -> None:
        self.dollars = dollars
        set_price(dollars, self.now)

    def wait(self, **time: float) -> None:
        """The clock goes on, and the price stays."""
        self.house.now += timedelta(**time)
        set_price(self.dollars, self.now)

    def follow(self) -> None:
        """The house sees the chain, and the vault what the house has seen."""
        self.house.watch()
        follow(self.now)
        assert_all_is_true()

    def mine(self, blocks: int = 1) -> None:
        self.house.mine(blocks)
        self.follow()

    def send(self, sats: int) -> str:
        """Somebody pays the vault; it is in the mempool."""
        return self.house.node.send(self.vault.address, sats)

    def deposit(self, sats: int) -> str:
        txid = self.send(sats)
        self.mine()
        return txid

    def mint(self, dollars: int) -> None:
        mint(Mint(self.owner_id, self.vault_id, new_key(), dollars * E8, None, None), self.now)
        assert_all_is_true()

    def repay(self, dollars: int | None = None) -> None:
        atoms = None if dollars is None else dollars * E8
        repay(Repay(self.owner_id, self.vault_id, new_key(), atoms), self.now)
        assert_all_is_true()

    def take(
        self, sats: int, to: str = HOME, *, key: str = "", least_ppm: int | None = None
    ) -> CollateralWithdrawal:
        ask = collateral.Take(self.owner_id, self.vault_id, key or new_key(), sats, to, least_ppm)
        row = collateral.withdraw(ask, self.now)
        assert_all_is_true()
        return row

    def close(self, to: str = HOME) -> CollateralWithdrawal | None:
        row = collateral.close(collateral.Close(self.owner_id, self.vault_id, new_key(), to), self.now)
        assert_all_is_true()
        return row

    def cancel(self, row: CollateralWithdrawal) -> CollateralWithdrawal:
        done = collateral.cancel(self.owner_id, self.vault_id, row.pk, self.now)
        assert_all_is_true()
        return done

    def sign(self, row: CollateralWithdrawal, text: str = "") -> CollateralWithdrawal:
        text = text or self.wallet.signed(row.psbt)
        signed = signing.sign(self.owner_id, self.vault_id, row.pk, text, self.now)
        assert_all_is_true()
        return signed

    def pay(self) -> None:
        """The house's turn: the protocol signs, and the network is told."""
        self.house.turn()
        self.follow()

    def send_off(self, row: CollateralWithdrawal) -> None:
        """From a plan to a block."""
        self.sign(row)
        self.pay()
        self.mine()

    def statuses(self) -> list[str]:
        rows = CollateralWithdrawal.objects.filter(vault=self.vault_id)
        return list(rows.order_by("spend_id").values_list("status", flat=True))

    def coins(self) -> list[tuple[int, str]]:
        rows = VaultCoin.objects.filter(vault=self.vault_id).order_by("coin_id")
        return list(rows.values_list("value_sats", "status"))

    def events(self) -> list[str]:
        return [one.name for one in events_of(self.vault.stream)]

    def script(self, branch: int = 0) -> bytes:
        return bytes(WatchedScript.objects.get(wallet=str(self.vault_id), branch=branch).script)

    def at_home(self) -> int:
        """What the chain itself has at her address of what she took out, unspent and in blocks."""
        rows = CollateralWithdrawal.objects.filter(vault=self.vault_id).exclude(txid="")
        coins = [self.house.node.coin(OutPoint(row.txid, 0), with_pool=False) for row in rows]
        home = read_address(HOME, Network.REGTEST)
        return sum(coin.value_sats for coin in coins if coin is not None and coin.script == home)


def open_life(house: PayingHouse, name: str = "alice") -> Life:
    begin_accumulator(house.now)
    wallet, owner = wallet_of(name), person(name)
    key, time_s = read_account_key(wallet.account_key, Network.REGTEST), int(house.now.timestamp())
    proof = Proof(time_s, prove(wallet.secret_at(0, 0), Network.REGTEST, owner.pk, key, time_s))
    vault = open_vault(Opening(owner.pk, new_key(), wallet.account_key, proof), house.now)
    life = Life(house, vault.pk, wallet, owner.pk)
    life.price(life.dollars)
    return life


def assert_all_is_true() -> None:
    broken = [(one.name, list(one.offenders)) for one in identity_violations()]
    assert broken == [], broken
