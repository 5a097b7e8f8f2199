"""Deeds, the fee, the scan, the chain with its reorgs, and whoever proves the books, all at the same moment:
every identity holds at every commit, and nobody waits in a circle."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from django.db import connection

from access.errors import DomainError
from access.services import Origin
from custody.errors import CustodyUnavailable
from custody.models import ChainPosition
from ledger.selectors import examine, identity_checks
from ledger.services import issue_demo_funds
from ledger.streams import events_of
from tests.custody.support.paying import PayingHouse
from tests.support.together import together
from tests.vaults.collateral.scene import BTC, E8, HOME, Life, assert_all_is_true, new_key, open_life
from tests.vaults.support.prices import set_price
from vaults.models import CollateralWithdrawal, Vault
from vaults.rules.statuses import WithdrawalStatus
from vaults.services import collateral, signing
from vaults.services.accruing import accrue
from vaults.services.coins import follow
from vaults.services.minting import Mint, mint
from vaults.services.repaying import Repay, repay
from vaults.services.saving import Save, save
from vaults.services.scanning import run_once

pytestmark = pytest.mark.long

SECONDS = 20
NAMES = ("alice", "bob", "carol")
Deed = Callable[[random.Random], object]


class Deeds:
    """What owners ask for, each of any vault."""

    def __init__(self, lives: list[Life]) -> None:
        self.lives = lives
        self.all: list[Deed] = [
            self.mint,
            self.mint,
            self.repay,
            self.save,
            self.take,
            self.sign,
            self.cancel,
        ]
        self.all += [self.close]

    def mint(self, chance: random.Random) -> None:
        life = chance.choice(self.lives)
        amount = chance.randrange(500 * E8, 9_000 * E8)
        mint(Mint(life.owner_id, life.vault_id, new_key(), amount), life.now)

    def repay(self, chance: random.Random) -> None:
        life, payer = chance.choice(self.lives), chance.choice(self.lives)
        amount = chance.choice([None, chance.randrange(1, 3_000 * E8)])
        repay(Repay(payer.owner_id, life.vault_id, new_key(), amount), life.now)

    def save(self, chance: random.Random) -> None:
        life = chance.choice(self.lives)
        ask = Save(life.owner_id, life.vault_id, new_key(), repay_atoms=chance.randrange(1, 3_000 * E8))
        save(ask, life.now, Origin())

    def take(self, chance: random.Random) -> None:
        life = chance.choice(self.lives)
        sats = chance.randrange(10_000, BTC // 4)
        collateral.withdraw(
            collateral.Take(life.owner_id, life.vault_id, new_key(), sats, HOME, None), life.now
        )

    def sign(self, chance: random.Random) -> None:
        life, row = self.planned(chance)
        signing.sign(life.owner_id, life.vault_id, row.pk, life.wallet.signed(row.psbt), life.now)

    def cancel(self, chance: random.Random) -> None:
        life, row = self.planned(chance)
        collateral.cancel(life.owner_id, life.vault_id, row.pk, life.now)

    def close(self, chance: random.Random) -> None:
        life = self.lives[-1]
        if chance.random() < 0.03:
            collateral.close(collateral.Close(life.owner_id, life.vault_id, new_key(), HOME), life.now)

    def planned(self, chance: random.Random) -> tuple[Life, CollateralWithdrawal]:
        life = chance.choice(self.lives)
        rows = list(CollateralWithdrawal.objects.filter(vault=life.vault_id, status=WithdrawalStatus.PLANNED))
        if not rows:
            raise CustodyUnavailable("nothing is planned")
        return life, chance.choice(rows)


def until(end: Event, step: Callable[[random.Random], object], seed: int) -> Callable[[], None]:
    """Again and again; whoever fails ends it for all."""

    def run() -> None:
        chance = random.Random(seed)
        try:
            while not end.is_set():
                with suppress(DomainError):
                    step(chance)
        finally:
            end.set()

    return run


def chain_of(house: PayingHouse, lives: list[Life], end: Event) -> Deed:
    """Blocks, deposits, the house's turns, and reorgs that lose the mempool."""
    stop_at = monotonic() + SECONDS

    def step(chance: random.Random) -> None:
        house.now += timedelta(seconds=7)
        match chance.randrange(6):
            case 0 | 1:
                house.node.send(chance.choice(lives).vault.address, chance.randrange(BTC // 10, BTC))
            case 2 | 3:
                house.node.mine(1)
            case 4:
                house.turn()
            case _:
                house.reorg(chance.choice([1, 1, 2]))
                if chance.random() < 0.2:
                    house.node.drop_mempool()
        house.watch()
        set_price(chance.choice([*[60_000] * 8, 45_000, 20_000]), house.now)
        if monotonic() > stop_at:
            end.set()

    return step


def prove(_chance: random.Random) -> None:
    for check in identity_checks():
        for query in {check.offenders, check.recent} - {""}:
            found = examine(check, query)
            assert not found.violations, (found.name, list(found.offenders))


def test_all_at_once_leaves_everything_true(house: PayingHouse) -> None:
    lives = [open_life(house, name) for name in NAMES]
    for life in lives:
        issue_demo_funds(owner_id=life.owner_id, asset="USDB", amount_atoms=20_000 * E8, key=new_key())
        life.deposit(2 * BTC)
    end, deeds = Event(), Deeds(lives)
    asks = [until(end, lambda chance: chance.choice(deeds.all)(chance), seed) for seed in range(4)]
    clocks: list[Deed] = [
        lambda _: follow(house.now),
        lambda _: run_once(house.now),
        lambda _: accrue(house.now),
        prove,
        chain_of(house, lives, end),
    ]
    together(*asks, *[until(end, clock, number) for number, clock in enumerate(clocks, 100)])

    connection.ensure_connection()
    house.node.mine(1)
    for _ in range(5):
        house.watch()
        follow(house.now)
    assert ChainPosition.objects.get().facts_number > 0
    assert_all_is_true()
    for vault in Vault.objects.all():
        versions, after = list[int](), 0
        while page := [one.version for one in events_of(vault.stream, after=after, limit=500)]:
            versions, after = versions + page, page[-1]
        assert versions == list(range(1, vault.version + 1))
