"""Wallets of the house and of a few people, made from seeds that everybody may know, and plans that spend."""

import hashlib
from dataclasses import replace

from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import (
    CHANGE,
    RECEIVE,
    Change,
    KeySource,
    Network,
    OutPoint,
    Payment,
    Place,
    Purpose,
    Role,
    SpendInput,
    SpendPlan,
    Tx,
    TxIn,
    TxOut,
    WalletKind,
    WalletSpec,
)
from custody.signers.seeds import AccountSecret, account_from_seed

BTC = 100_000_000


def seed_of(name: str) -> bytes:
    """`user`, `protocol` and `backup` are those of the shared cases of 2-of-3."""
    return hashlib.sha512(f"anchor-{name}".encode()).digest()


def account(name: str, role: Role, network: Network = Network.REGTEST) -> AccountSecret:
    return account_from_seed(seed_of(name), role, network)


def hot_wallet(name: str = "hot", network: Network = Network.REGTEST) -> WalletSpec:
    return WalletSpec(network, WalletKind.SINGLE, (account(name, Role.HOT, network).key,))


def cold_wallet(network: Network = Network.REGTEST) -> WalletSpec:
    return hot_wallet("cold", network)


def vault_wallet(
    owner: str = "user",
    protocol: KeySource | None = None,
    backup: KeySource | None = None,
    network: Network = Network.REGTEST,
) -> WalletSpec:
    keys = (
        account(owner, Role.USER, network).key,
        protocol or account("protocol", Role.PROTOCOL, network).key,
        backup or account("backup", Role.BACKUP, network).key,
    )
    return WalletSpec(network, WalletKind.TWO_OF_THREE, keys)


def coin(
    wallet: WalletSpec, sats: int, *, index: int = 0, branch: int = RECEIVE, number: int = 0
) -> SpendInput:
    """A coin of the wallet at that place. `number` makes it another one of the same value."""
    place = Place(branch, index)
    made = TxIn(OutPoint(hashlib.sha256(f"coin {number}".encode()).hexdigest(), 0))
    previous = Tx(2, (made,), (TxOut(sats, script_at(wallet, place).script),))
    return SpendInput(OutPoint(txid(previous), 0), sats, place, serialize(previous))


def address(name: str = "carol", index: int = 0, network: Network = Network.REGTEST) -> str:
    """An address of somebody outside."""
    return script_at(hot_wallet(name, network), Place(RECEIVE, index)).address


def pay(sats: int, reference: str = "withdrawal:1", name: str = "carol", index: int = 0) -> Payment:
    return Payment(address(name, index), sats, reference)


def plan_of(
    wallet: WalletSpec,
    *payments: Payment,
    coins: tuple[SpendInput, ...] | None = None,
    purpose: Purpose = Purpose.WITHDRAWAL,
    spend_id: str = "spend:1",
    version: int = 0,
    fee: int = 2_000,
    change_index: int = 0,
) -> SpendPlan:
    """What the coins hold beyond payments and fee becomes change."""
    inputs = coins or (coin(wallet, BTC),)
    rest = sum(one.value_sats for one in inputs) - sum(one.value_sats for one in payments) - fee
    change = Change(Place(CHANGE, change_index), rest) if rest else None
    return SpendPlan(spend_id, version, purpose, wallet, inputs, payments, change, fee)


def bumped(plan: SpendPlan, fee: int) -> SpendPlan:
    """The next version: a higher fee, from the change."""
    assert plan.change is not None
    change = replace(plan.change, value_sats=plan.change.value_sats + plan.fee_sats - fee)
    return replace(plan, version=plan.version + 1, fee_sats=fee, change=change)


def cold_address(index: int) -> str:
    return script_at(cold_wallet(), Place(RECEIVE, index)).address
