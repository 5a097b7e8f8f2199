"""Plans that no signer may sign, each with the reason. PSBTs are made from them: the house itself lies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import (
    CHANGE,
    RECEIVE,
    Change,
    FixedKey,
    Network,
    OutPoint,
    Place,
    Purpose,
    Role,
    SpendPlan,
    Tx,
    TxIn,
    TxOut,
    WalletKind,
    WalletSpec,
)
from custody.signers.signer import Refusal, cold_reference
from tests.custody.support.wallets import (
    BTC,
    account,
    address,
    coin,
    cold_address,
    hot_wallet,
    vault_wallet,
)

Tampering = Callable[[SpendPlan], SpendPlan]


@dataclass(frozen=True, slots=True)
class Lie:
    """One that `is_unsayable` is refused over HTTP because no message says it."""

    name: str
    reason: Refusal
    tell: Tampering
    is_unsayable: bool = False


def first_input(plan: SpendPlan, **changes: Any) -> SpendPlan:
    return replace(plan, inputs=(replace(plan.inputs[0], **changes), *plan.inputs[1:]))


def first_payment(plan: SpendPlan, **changes: Any) -> SpendPlan:
    return replace(plan, payments=(replace(plan.payments[0], **changes), *plan.payments[1:]))


def with_fee(plan: SpendPlan, fee: int) -> SpendPlan:
    """What it costs more comes out of the change, so that the sums are right."""
    assert plan.change is not None
    rest = plan.change.value_sats + plan.fee_sats - fee
    return replace(plan, fee_sats=fee, change=replace(plan.change, value_sats=rest))


def with_payment(plan: SpendPlan, sats: int) -> SpendPlan:
    """The first payment is of so much, out of the change."""
    assert plan.change is not None
    rest = plan.change.value_sats + plan.payments[0].value_sats - sats
    return replace(first_payment(plan, value_sats=sats), change=replace(plan.change, value_sats=rest))


def with_large_coin(plan: SpendPlan, payment: int) -> SpendPlan:
    large = coin(plan.wallet, 1000 * BTC)
    assert plan.change is not None
    rest = 1000 * BTC - plan.payments[0].value_sats - plan.fee_sats
    return with_payment(replace(plan, inputs=(large,), change=replace(plan.change, value_sats=rest)), payment)


def with_change_at(plan: SpendPlan, place: Place) -> SpendPlan:
    assert plan.change is not None
    return replace(plan, change=replace(plan.change, place=place))


def with_change_of(plan: SpendPlan, sats: int) -> SpendPlan:
    assert plan.change is not None
    return replace(plan, change=replace(plan.change, value_sats=sats))


def with_foreign_coin(plan: SpendPlan) -> SpendPlan:
    """A coin of another wallet, told to be of this one."""
    return replace(plan, inputs=(coin(hot_wallet("mallory"), BTC),))


def with_cut_previous(plan: SpendPlan) -> SpendPlan:
    return first_input(plan, previous_tx=plan.inputs[0].previous_tx[:-1])


def with_richer_previous(plan: SpendPlan) -> SpendPlan:
    """A transaction of another value: it has another id."""
    previous = Tx(2, (TxIn(OutPoint("ab" * 32, 0)),), (TxOut(5 * BTC, b"\0\x14" + b"\1" * 20),))
    return first_input(plan, previous_tx=serialize(previous))


def with_previous_of_another_wallet(plan: SpendPlan) -> SpendPlan:
    previous = Tx(2, (TxIn(OutPoint("ab" * 32, 0)),), (TxOut(BTC, b"\0\x14" + b"\1" * 20),))
    return first_input(plan, previous_tx=serialize(previous), outpoint=OutPoint(txid(previous), 0))


def paying_twice(plan: SpendPlan) -> SpendPlan:
    assert plan.change is not None
    rest = plan.change.value_sats - plan.payments[0].value_sats
    return replace(with_change_of(plan, rest), payments=(*plan.payments, plan.payments[0]))


def of_wallet(plan: SpendPlan, wallet: WalletSpec) -> SpendPlan:
    return replace(plan, wallet=wallet, inputs=(coin(wallet, BTC),))


MALLORY, EVE = account("mallory", Role.PROTOCOL).key, account("eve", Role.BACKUP).key

LIES = [
    Lie("a fee a sat above the absolute cap", Refusal.FEE, lambda p: with_fee(p, 2_000_001)),
    Lie("a fee above the cap per vbyte", Refusal.FEE, lambda p: with_fee(p, 250_000)),
    Lie("a negative fee", Refusal.FEE, lambda p: replace(p, fee_sats=-1), is_unsayable=True),
    Lie("a fee that the sums do not have", Refusal.PLAN, lambda p: replace(p, fee_sats=p.fee_sats + 1)),
    Lie("a payment of dust", Refusal.DUST, lambda p: with_payment(p, 293)),
    Lie("change of dust", Refusal.DUST, lambda p: with_payment(p, BTC - p.fee_sats - 200)),
    Lie("a payment of nothing", Refusal.DUST, lambda p: with_payment(p, 0)),
    Lie("a negative payment", Refusal.PLAN, lambda p: with_payment(p, -BTC), is_unsayable=True),
    Lie(
        "a payment of more than there is",
        Refusal.PLAN,
        lambda p: with_payment(p, 22_000_000 * BTC),
        is_unsayable=True,
    ),
    Lie("a payment that overflows", Refusal.PLAN, lambda p: with_payment(p, 2**63), is_unsayable=True),
    Lie("a payment above the cap", Refusal.PAYMENT, lambda p: with_large_coin(p, 10 * BTC + 1)),
    Lie("change to a receiving address", Refusal.CHANGE, lambda p: with_change_at(p, Place(RECEIVE, 0))),
    Lie(
        "a branch that does not exist",
        Refusal.WALLET,
        lambda p: with_change_at(p, Place(2, 0)),
        is_unsayable=True,
    ),
    Lie(
        "an index that does not exist",
        Refusal.WALLET,
        lambda p: with_change_at(p, Place(CHANGE, 2**31)),
        is_unsayable=True,
    ),
    Lie(
        "a negative index", Refusal.WALLET, lambda p: with_change_at(p, Place(CHANGE, -1)), is_unsayable=True
    ),
    Lie("more change than there is", Refusal.PLAN, lambda p: with_change_of(p, BTC)),
    Lie("less change than there is", Refusal.PLAN, lambda p: with_change_of(p, 1_000)),
    Lie("no change, all the rest a fee", Refusal.PLAN, lambda p: replace(p, change=None)),
    Lie(
        "no change, and a fee that says so",
        Refusal.FEE,
        lambda p: replace(p, change=None, fee_sats=BTC - p.payments[0].value_sats),
    ),
    Lie("nobody is paid", Refusal.PLAN, lambda p: replace(p, payments=(), change=None)),
    Lie("a coin twice", Refusal.PLAN, lambda p: replace(p, inputs=p.inputs * 2)),
    Lie("no coins", Refusal.PLAN, lambda p: replace(p, inputs=())),
    Lie("a coin of somebody else", Refusal.PLAN, with_foreign_coin),
    Lie("a coin of more than it is", Refusal.PLAN, lambda p: first_input(p, value_sats=2 * BTC)),
    Lie("a coin of less than it is", Refusal.PLAN, lambda p: first_input(p, value_sats=BTC - 1)),
    Lie("a coin at another place", Refusal.PLAN, lambda p: first_input(p, place=Place(RECEIVE, 5))),
    Lie("a coin without its transaction", Refusal.PLAN, lambda p: first_input(p, previous_tx=b"")),
    Lie("a coin's transaction cut off", Refusal.PLAN, with_cut_previous),
    Lie("another transaction for a coin", Refusal.PLAN, with_richer_previous),
    Lie("a coin that pays another script", Refusal.PLAN, with_previous_of_another_wallet),
    Lie(
        "an output that is not there",
        Refusal.PLAN,
        lambda p: first_input(p, outpoint=OutPoint(p.inputs[0].outpoint.txid, 1)),
    ),
    Lie(
        "an address of the main network",
        Refusal.PLAN,
        lambda p: first_payment(p, address=address(network=Network.MAIN)),
    ),
    Lie(
        "an address with a letter wrong",
        Refusal.PLAN,
        lambda p: first_payment(p, address=address()[:-1] + "q"),
    ),
    Lie("no address", Refusal.PLAN, lambda p: first_payment(p, address="")),
    Lie("a reference twice", Refusal.PAID_ELSEWHERE, paying_twice),
    Lie("a payment without reference", Refusal.PAID_ELSEWHERE, lambda p: first_payment(p, reference="")),
    Lie(
        "another network",
        Refusal.NETWORK,
        lambda p: replace(p, wallet=replace(p.wallet, network=Network.TESTNET)),
    ),
    Lie(
        "the main network",
        Refusal.NETWORK,
        lambda p: replace(p, wallet=replace(p.wallet, network=Network.MAIN)),
        is_unsayable=True,
    ),
    Lie("a wallet of somebody else", Refusal.WALLET, lambda p: of_wallet(p, hot_wallet("mallory"))),
    Lie("a vault of others", Refusal.WALLET, lambda p: of_wallet(p, vault_wallet("user", MALLORY, EVE))),
    Lie(
        "no keys", Refusal.WALLET, lambda p: replace(p, wallet=replace(p.wallet, keys=())), is_unsayable=True
    ),
]


def swapped(plan: SpendPlan) -> SpendPlan:
    user, protocol, backup = plan.wallet.keys
    return replace(plan, wallet=replace(plan.wallet, keys=(user, backup, protocol)))


def with_keys(plan: SpendPlan, *positions: int) -> SpendPlan:
    keys = tuple(plan.wallet.keys[position] for position in positions)
    return replace(plan, wallet=replace(plan.wallet, keys=keys))


def with_fixed_owner(plan: SpendPlan) -> SpendPlan:
    """The protocol's public key at that place, told to be the owner's."""
    key = script_at(plan.wallet, plan.inputs[0].place).public_keys[1]
    return replace(plan, wallet=replace(plan.wallet, keys=(FixedKey(key), *plan.wallet.keys[1:])))


def of_two_vaults(plan: SpendPlan) -> SpendPlan:
    coins = (coin(plan.wallet, BTC // 2, index=0), coin(plan.wallet, BTC // 2, index=1))
    return replace(plan, inputs=coins)


VAULT_LIES = [
    Lie("keys in other places", Refusal.WALLET, swapped),
    Lie("the owner's key twice", Refusal.SAME_KEY, lambda p: with_keys(p, 0, 1, 0)),
    Lie("its own key twice", Refusal.SAME_KEY, lambda p: with_keys(p, 0, 1, 1)),
    Lie("its own key three times", Refusal.SAME_KEY, lambda p: with_keys(p, 1, 1, 1)),
    Lie("its own public key as the owner's", Refusal.SAME_KEY, with_fixed_owner),
    Lie("two keys", Refusal.WALLET, lambda p: with_keys(p, 0, 1)),
    Lie(
        "a single key of its own",
        Refusal.WALLET,
        lambda p: replace(p, wallet=replace(p.wallet, kind=WalletKind.SINGLE, keys=p.wallet.keys[1:2])),
    ),
    Lie("coins of two vaults", Refusal.WALLET, of_two_vaults),
    Lie("change to another vault", Refusal.CHANGE, lambda p: with_change_at(p, Place(CHANGE, 1))),
    Lie("a withdrawal from a vault", Refusal.PURPOSE, lambda p: replace(p, purpose=Purpose.WITHDRAWAL)),
    Lie("a recovery without the backup", Refusal.PURPOSE, lambda p: replace(p, purpose=Purpose.RECOVERY)),
    Lie("a bump of a vault's transaction", Refusal.PURPOSE, lambda p: replace(p, purpose=Purpose.BUMP)),
]


def swept_to(reference: str, to: str) -> Tampering:
    return lambda plan: replace(first_payment(plan, reference=reference, address=to), purpose=Purpose.SWEEP)


HOT_LIES = [
    Lie("a sweep to a customer", Refusal.DESTINATION, lambda p: replace(p, purpose=Purpose.SWEEP)),
    Lie("a sweep to no place", Refusal.DESTINATION, swept_to("cold:", cold_address(1))),
    Lie("a sweep to another place", Refusal.DESTINATION, swept_to(cold_reference(2), cold_address(1))),
    Lie("a sweep to an attacker", Refusal.DESTINATION, swept_to(cold_reference(1), address("mallory"))),
    Lie("a bump that pays somebody", Refusal.DESTINATION, lambda p: replace(p, purpose=Purpose.BUMP)),
    Lie(
        "a withdrawal that pays nobody",
        Refusal.DESTINATION,
        lambda p: replace(p, payments=(), change=Change(Place(CHANGE, 0), BTC - p.fee_sats)),
    ),
    Lie("a vault's purpose", Refusal.PURPOSE, lambda p: replace(p, purpose=Purpose.VAULT)),
    Lie("a recovery", Refusal.PURPOSE, lambda p: replace(p, purpose=Purpose.RECOVERY)),
    Lie("cold storage itself", Refusal.WALLET, lambda p: of_wallet(p, hot_wallet("cold"))),
]
