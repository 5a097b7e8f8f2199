"""A house that pays: the development chain behind its JSON-RPC, a watcher, signers, and turns of spending.

Scripts and blocks are judged by Bitcoin Core's consensus engine.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from custody.bitcoin import encoding, plans, psbts
from custody.bitcoin.transactions import parse_tx, serialize
from custody.bitcoin.types import Network, Role, SpendPlan, Tx, TxOut
from custody.chains.source import ChainSource
from custody.dev_chain.node import DevNode
from custody.dev_chain.server import RpcServer
from custody.identities import CHECKS
from custody.models import Spend, SpendVersion, Withdrawal
from custody.services.spending.outside import Outside
from custody.services.spending.pay import Turn, run_once
from custody.services.wallets import refill_address
from custody.services.watching.watcher import Watcher
from custody.signers.memory import memory_signer
from custody.signers.policy import Rules
from custody.signers.signer import Signer
from ledger.selectors import examine, identity_violations
from tests.custody.support.premined import mined_chain
from tests.custody.support.wallets import cold_wallet, seed_of

BTC = 100_000_000
TURNS = 100


@contextmanager
def serving_chain(folder: Path) -> Iterator[tuple[DevNode, str]]:
    """A node, in a folder that is new, and the URL of its JSON-RPC."""
    mined_chain(folder)
    with DevNode(folder) as node:
        server = RpcServer(("127.0.0.1", 0), node, "user", "password")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield node, f"core+http://user:password@127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


def hot_signer() -> Signer:
    """One with books of its own, as each call makes."""
    return memory_signer(seed_of("hot"), Rules(Role.HOT, Network.REGTEST, cold=cold_wallet()))


def protocol_signer() -> Signer:
    return memory_signer(seed_of("protocol"), Rules(Role.PROTOCOL, Network.REGTEST))


@dataclass
class PayingHouse:
    """`now` is the clock of spending, which tests set forward."""

    node: DevNode
    url: str
    source: ChainSource
    watcher: Watcher
    outside: Outside
    now: datetime = field(default_factory=timezone.now)

    def refill(self, *sats: int) -> None:
        """Coins of the house's own, mined and counted."""
        script = bytes(refill_address().script)
        self.node.pay([TxOut(one, script) for one in sats])
        self.mine()

    def turn(self, *, minutes: int = 0) -> Turn:
        self.now += timedelta(minutes=minutes)
        return run_once(self.outside, now=self.now)

    def watch(self) -> None:
        """Until nothing is left to do."""
        for _ in range(TURNS):
            if not self.watcher.run_once():
                return
        raise AssertionError("the watcher never comes to rest")

    def mine(self, blocks: int = 1) -> None:
        self.node.mine(blocks)
        self.watch()

    def mine_empty(self, blocks: int = 1) -> None:
        """Blocks that leave out whatever waits."""
        for _ in range(blocks):
            self.node.mine_on(self.node.tip)
        self.watch()

    def reorg(self, depth: int, content: Sequence[Tx] = ()) -> None:
        """Other blocks take the place of the last `depth`, one more than them; the first holds `content`."""
        parent = self.node.hash_at(self.node.height - depth)
        assert parent is not None
        for number in range(depth + 1):
            parent = self.node.mine_on(parent, content if number == 0 else ())
        self.watch()

    def pay(self) -> None:
        """Plan, sign, tell, and see it waiting."""
        self.turn()
        self.watch()

    def settle(self) -> None:
        self.pay()
        self.mine()


def is_in_mempool(house: PayingHouse, txid: str) -> bool:
    return txid in house.source.mempool()


def only_spend() -> Spend:
    return Spend.objects.get()


def latest(spend: Spend) -> SpendVersion:
    version = spend.versions.order_by("number").last()
    assert version is not None
    return version


def plan_of(version: SpendVersion) -> SpendPlan:
    return encoding.plan_from_json(version.plan)


def tx_of(version: SpendVersion) -> Tx:
    return parse_tx(bytes(version.raw))


def stolen(plan: SpendPlan) -> Tx:
    """The plan's transaction as somebody signs it who has the hot key and none of its books."""
    signed = hot_signer().sign(plan, psbts.psbt_of(plan))
    return plans.finalize(plan, {plan.wallet.keys[0]: signed})


def raw_of(tx: Tx) -> bytes:
    return serialize(tx)


def withdrawal_statuses() -> list[str]:
    return list(Withdrawal.objects.order_by("created_at", "pk").values_list("status", flat=True))


def assert_all_is_true() -> None:
    """Every identity of the ledger and of custody."""
    findings = [examine(check, query) for check in CHECKS for query in {check.offenders, check.recent} - {""}]
    assert [(one.name, one.offenders) for one in findings if one.violations] == []
    assert identity_violations() == []
