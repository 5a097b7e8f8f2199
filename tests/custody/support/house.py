"""A house with bitcoin: the keys of its wallets, a chain in memory behind a node's own words, and a watcher.

The chain takes whatever it is given, so that it can reorganize and be spent twice as a test wants.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from custody.bitcoin.types import OutPoint, Role, Tx, TxOut
from custody.chains.source import ChainSource
from custody.models import ChainPosition, Coin, Deposit, WatchedScript
from custody.services.movements import available_sats
from custody.services.wallet_keys import keep_key
from custody.services.wallets import deposit_address
from custody.services.watching.watcher import Watcher
from ledger.models import Account
from ledger.rules import Purpose
from tests.custody.support.fake_chain import FakeChain, spend
from tests.custody.support.wallets import account

BTC = 100_000_000
TURNS = 100  # more than any test needs until nothing is left to do


def know_keys() -> None:
    """As if the signers had been asked."""
    keep_key(role=Role.HOT, key=account("hot", Role.HOT).key, party="the house")
    keep_key(role=Role.PROTOCOL, key=account("protocol", Role.PROTOCOL).key, party="the house")
    keep_key(role=Role.BACKUP, key=account("backup", Role.BACKUP).key, party="somebody else")
    keep_key(role=Role.COLD, key=account("cold", Role.HOT).key, party="")


def person(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def address_of(name: str) -> WatchedScript:
    return deposit_address(person(name).pk)


def script_of(name: str) -> bytes:
    return bytes(address_of(name).script)


def funds(name: str) -> int:
    """What the person can spend of the funding wallet."""
    return available_sats(person(name).pk)


def balance(purpose: Purpose) -> int:
    found = Account.objects.filter(owner=None, asset_id="BTC", purpose=purpose).first()
    return found.balance_atoms if found else 0


def only_deposit() -> Deposit:
    return Deposit.objects.select_related("coin").get()


def statuses() -> list[str]:
    return list(Deposit.objects.order_by("id").values_list("status", flat=True))


@dataclass
class CustodyHouse:
    """`chain` is what happens outside; `watch` brings the house to know of it."""

    chain: FakeChain
    source: ChainSource
    watcher: Watcher

    def watch(self) -> None:
        """Until nothing is left to do."""
        for _ in range(TURNS):
            if not self.watcher.run_once():
                return
        raise AssertionError("the watcher never comes to rest")

    def restart(self) -> None:
        """Another process in the old one's place."""
        self.watcher = Watcher(self.source)

    def pay(self, name: str, *sats: int) -> str:
        """Into the mempool. The txid."""
        return self.chain.pay(script_of(name), *sats)

    def deposit(self, name: str, *sats: int, blocks: int = 1) -> str:
        """Paid, mined and watched."""
        txid = self.pay(name, *sats)
        self.chain.mine(blocks)
        self.watch()
        return txid

    def position(self) -> ChainPosition:
        return ChainPosition.objects.get()

    def inputs_of(self, txid: str) -> list[OutPoint]:
        tx = self.chain.transaction(txid)
        assert tx is not None
        return [one.outpoint for one in tx.inputs]

    def double_spend(self, txid: str, script: bytes = b"\x51", fee_sats: int = 9_000) -> Tx:
        """A transaction of the same coins that pays somebody else, told to nobody yet."""
        tx = self.chain.transaction(txid)
        assert tx is not None
        total = sum(one.value_sats for one in tx.outputs)
        return spend(self.inputs_of(txid), [TxOut(total - fee_sats, script)])

    def reorg(self, depth: int, content: Sequence[Sequence[Tx]] = (), *, keep: bool = True) -> None:
        self.chain.reorg(depth, content, keep=keep)
        self.watch()


def coins_of(txid: str) -> list[Coin]:
    return list(Coin.objects.filter(txid=txid).order_by("vout"))
