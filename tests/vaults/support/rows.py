"""Vaults as rows, without a chain and without keys: what rules, scans and checks look at.

Each stands as if its services had made it: coins, events, and the ledger's part agree.
"""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth.models import User
from django.db import transaction

from access.together import Together
from custody.models import Coin, WatchedScript
from custody.rules.statuses import Trail
from vaults.models import Vault, VaultCoin
from vaults.rules.accumulator import debt_atoms, normalised_of_mint
from vaults.rules.statuses import CoinStatus, VaultEvent, VaultStatus
from vaults.services.changes import locked_vault, step, store
from vaults.services.figures import version_in_force
from vaults.services.money import locked_accounts, open_accounts, post_mint
from vaults.services.rate import begin_accumulator, hold_rate

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
E8 = 100_000_000
_ONCE_E8 = 10**18  # a price at which anything was covered
_numbers = count(1)


def user(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def open_vault_row(owner: str = "alice", *, label: str = "", now: datetime = NOON) -> Vault:
    """PENDING, with its event."""
    number = next(_numbers)
    begin_accumulator(now)
    with transaction.atomic():
        vault = Vault.objects.create(
            id=uuid.UUID(int=number << 64),
            owner=user(owner),
            label=label,
            figures=version_in_force(),
            address=f"bcrt1qvault{number}",
            status=VaultStatus.PENDING,
            created_at=now,
            changed_at=now,
        )
        store(vault, "OPENED", {}, now)
    return vault


def funded_vault(
    owner: str = "alice", *, sats: int = E8 // 10, debt: int = 0, label: str = "", now: datetime = NOON
) -> Vault:
    """ACTIVE, with one credited coin, and `debt` atoms minted to its owner."""
    vault = open_vault_row(owner, label=label, now=now)
    credit_coin(vault, sats, now)
    if debt:
        mint_row(vault, debt, now)
    vault.refresh_from_db()
    return vault


@transaction.atomic
def credit_coin(vault: Vault, sats: int, now: datetime = NOON) -> VaultCoin:
    locked = locked_vault(vault.pk)
    number = next(_numbers)
    watched, _ = WatchedScript.objects.get_or_create(
        address=locked.address,
        defaults={
            "script": locked.address.encode(),
            "trail": Trail.VAULT,
            "owner": locked.owner,
            "wallet": locked.reference,
            "branch": 0,
            "index": 0,
        },
    )
    coin = Coin.objects.create(txid=f"{number:064x}", vout=0, watched=watched, value_sats=sats, height=1)
    row = VaultCoin.objects.create(
        coin=coin,
        vault=locked,
        value_sats=sats,
        status=CoinStatus.CREDITED,
        credits=1,
        created_at=now,
        changed_at=now,
    )
    locked.collateral_sats += sats
    if locked.status == VaultStatus.PENDING:
        step(locked, VaultEvent.FUND)
    store(locked, "CREDITED", {"coin": str(coin)}, now)
    return row


@transaction.atomic
def mint_row(vault: Vault, atoms: int, now: datetime = NOON) -> None:
    """Whatever its ratio: for a vault that was well once."""
    locked = locked_vault(vault.pk)
    rate = hold_rate().rate_ray
    before = debt_atoms(locked.normalised_atoms, rate)
    locked.normalised_atoms += normalised_of_mint(atoms, rate)
    rounding = debt_atoms(locked.normalised_atoms, rate) - before - atoms
    open_accounts(locked.owner_id)
    accounts = locked_accounts(locked.owner_id)
    after = debt_atoms(locked.normalised_atoms, rate)
    facts = {"amount_atoms": atoms, "debt_atoms": after, "price_e8": _ONCE_E8, "rate_ray": str(rate)}
    store(locked, "MINTED", facts, now)
    changes = Together()
    post_mint(changes, locked, accounts, atoms, rounding)
    changes.send()


@transaction.atomic
def take_step(vault: Vault, *events: VaultEvent, now: datetime = NOON) -> None:
    """To another state, whatever the price."""
    locked = locked_vault(vault.pk)
    for event in events:
        step(locked, event)
        store(locked, event.value, {}, now)
    vault.refresh_from_db()
