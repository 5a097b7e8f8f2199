"""What a signer lets pass, given only what it knows itself: its role, its key, cold storage and its limits.

Pure: the plan and the PSBT in, what it would sign out, or a refusal. What it signed before is `history`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import (
    AddressFault,
    BadAddress,
    BadKey,
    BadPsbt,
    BadSignature,
    BitcoinError,
    KeyFault,
    PlanFault,
    PlanMismatch,
    SignatureFault,
)
from custody.bitcoin.plans import check_plan, digest, estimated_vbytes, unsigned_tx
from custody.bitcoin.psbts import signatures_in
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import (
    CHANGE,
    KeySource,
    Network,
    Place,
    Purpose,
    Role,
    SpendPlan,
    WalletKind,
    WalletSpec,
)
from custody.signers.signer import Refusal, SignerRefused, cold_place

_COIN = 100_000_000
_POSITIONS = {Role.HOT: 0, Role.USER: 0, Role.PROTOCOL: 1, Role.BACKUP: 2}
_PURPOSES = {
    Role.HOT: {Purpose.WITHDRAWAL, Purpose.SWEEP, Purpose.BUMP},
    Role.USER: {Purpose.VAULT, Purpose.RECOVERY},
    Role.PROTOCOL: {Purpose.VAULT},
    Role.BACKUP: {Purpose.RECOVERY},
}
# What a sweep or a bump moves stays the house's: only its fee leaves.
STAYS = {Purpose.SWEEP, Purpose.BUMP}
_REFUSALS: dict[StrEnum, Refusal] = {
    SignatureFault.SIGHASH: Refusal.SIGHASH,
    SignatureFault.DER: Refusal.SIGNATURE,
    SignatureFault.HIGH_S: Refusal.SIGNATURE,
    SignatureFault.WRONG: Refusal.SIGNATURE,
    SignatureFault.KEY: Refusal.SIGNATURE,
    PlanFault.TRANSACTION: Refusal.PSBT,
    PlanFault.FIELDS: Refusal.PSBT,
    PlanFault.FINAL: Refusal.PSBT,
    PlanFault.DUST: Refusal.DUST,
    PlanFault.FEE: Refusal.FEE,
    PlanFault.CHANGE: Refusal.CHANGE,
    PlanFault.SIGHASH: Refusal.SIGHASH,
    PlanFault.SIGNATURE: Refusal.SIGNATURE,
    PlanFault.HIGH_S: Refusal.SIGNATURE,
    PlanFault.FOREIGN_KEY: Refusal.SIGNATURE,
    PlanFault.SIGNATURE_COUNT: Refusal.OWNER_MISSING,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Sats and numbers of one purpose. `hour_sats` and `day_sats` count what leaves, fee and all; where only
    fees leave, of sweeps and bumps, the other two count: else miners could be given what customers could not.
    """

    max_payment_sats: int = 10 * _COIN
    hour_sats: int = 20 * _COIN
    day_sats: int = 50 * _COIN
    hour_fee_sats: int = _COIN // 2
    day_fee_sats: int = _COIN
    signings_per_hour: int = 600
    max_fee_sats: int = 2_000_000
    max_fee_rate: int = 500  # sat per vbyte


@dataclass(frozen=True, slots=True)
class Rules:
    """What a signer goes by. `joins_protocol`: the backup signs VAULT after the protocol (liquidations)."""

    role: Role
    network: Network
    limits: Limits = Limits()
    cold: WalletSpec | None = None
    joins_protocol: bool = False


@dataclass(frozen=True, slots=True)
class Cleared:
    """What it would sign: which key of the wallet is its own, and each input's digest."""

    source: KeySource
    places: tuple[Place, ...]
    digests: tuple[bytes, ...]
    outflow_sats: int


def clear(rules: Rules, owns: Callable[[KeySource], bool], plan: SpendPlan, psbt: str) -> Cleared:
    """Refuses with the first thing that is wrong. `owns` says whether a key of a wallet is the signer's."""
    try:
        return _clear(rules, owns, plan, psbt)
    except BitcoinError as error:
        raise SignerRefused(_refusal(error), str(error)) from None


def _clear(rules: Rules, owns: Callable[[KeySource], bool], plan: SpendPlan, psbt: str) -> Cleared:
    if plan.wallet.network is not rules.network:
        raise SignerRefused(Refusal.NETWORK, "another network")
    source = _own_key(rules, owns, plan.wallet)
    _check_purpose(rules, plan)
    check_plan(plan)
    _check_places(plan)
    _check_destinations(rules, plan)
    _check_amounts(rules.limits, plan)
    _check_signed(rules, plan, psbt)
    return Cleared(
        source=source,
        places=tuple(one.place for one in plan.inputs),
        digests=tuple(digest(plan, index) for index in range(len(plan.inputs))),
        outflow_sats=outflow_sats(plan),
    )


def _refusal(error: BitcoinError) -> Refusal:
    match error:
        case PlanMismatch(reason=reason) | BadSignature(reason=reason):
            return _REFUSALS.get(reason, Refusal.PLAN)
        case BadAddress(reason=AddressFault.NETWORK):
            return Refusal.NETWORK
        case BadPsbt():
            return Refusal.PSBT
        case BadKey(reason=KeyFault.DUPLICATE):
            return Refusal.SAME_KEY
        case BadKey():
            return Refusal.WALLET
    return Refusal.PLAN


def position_of(role: Role) -> int:
    """Where this role's key stands in a wallet that it signs for."""
    return _POSITIONS[role]


def outflow_sats(plan: SpendPlan) -> int:
    paid = 0 if plan.purpose in STAYS else sum(one.value_sats for one in plan.payments)
    return paid + plan.fee_sats


def _own_key(rules: Rules, owns: Callable[[KeySource], bool], wallet: WalletSpec) -> KeySource:
    is_hot = rules.role is Role.HOT
    kind, count = (WalletKind.SINGLE, 1) if is_hot else (WalletKind.TWO_OF_THREE, 3)
    if wallet.kind is not kind or len(wallet.keys) != count:
        raise SignerRefused(Refusal.WALLET, f"serves {kind} wallets only")
    if len(set(wallet.keys)) != count:
        raise SignerRefused(Refusal.SAME_KEY, "a key stands twice in the wallet")
    mine = [position for position, key in enumerate(wallet.keys) if owns(key)]
    if len(mine) > 1:
        raise SignerRefused(Refusal.SAME_KEY, "more than one key of the wallet is its own")
    if mine != [position_of(rules.role)]:
        raise SignerRefused(Refusal.WALLET, "its key does not stand in its place of the wallet")
    return wallet.keys[mine[0]]


def _check_purpose(rules: Rules, plan: SpendPlan) -> None:
    joins = rules.role is Role.BACKUP and rules.joins_protocol and plan.purpose is Purpose.VAULT
    if plan.purpose not in _PURPOSES[rules.role] and not joins:
        raise SignerRefused(Refusal.PURPOSE, f"{rules.role} does not sign {plan.purpose}")


def _check_places(plan: SpendPlan) -> None:
    """Change goes to the change branch; a vault is one index of its keys, and two are not mixed."""
    if plan.change is not None and plan.change.place.branch != CHANGE:
        raise SignerRefused(Refusal.CHANGE, "not of the change branch")
    if plan.wallet.kind is WalletKind.SINGLE:
        return
    places = [one.place for one in plan.inputs]
    if len({place.index for place in places}) != 1:
        raise SignerRefused(Refusal.WALLET, "coins of more than one vault")
    if plan.change is not None and plan.change.place.index != places[0].index:
        raise SignerRefused(Refusal.CHANGE, "of another vault")


def _check_destinations(rules: Rules, plan: SpendPlan) -> None:
    if plan.purpose is Purpose.BUMP and (plan.payments or plan.change is None):
        raise SignerRefused(Refusal.DESTINATION, "a bump pays nobody")
    if plan.purpose is not Purpose.BUMP and not plan.payments:
        raise SignerRefused(Refusal.DESTINATION, "it pays nobody")
    if plan.purpose is Purpose.SWEEP and not all(
        _is_cold(rules, plan, one) for one in range(len(plan.payments))
    ):
        raise SignerRefused(Refusal.DESTINATION, "not an address of cold storage")
    references = [one.reference for one in plan.payments]
    if len(set(references)) != len(references) or "" in references:
        raise SignerRefused(Refusal.PAID_ELSEWHERE, "each payment has a reference of its own")


def _is_cold(rules: Rules, plan: SpendPlan, index: int) -> bool:
    payment = plan.payments[index]
    place = cold_place(payment.reference)
    if rules.cold is None or place is None:
        return False
    return script_at(rules.cold, place).script == read_address(payment.address, rules.network)


def _check_amounts(limits: Limits, plan: SpendPlan) -> None:
    largest = max((one.value_sats for one in plan.payments), default=0)
    if plan.purpose not in STAYS and largest > limits.max_payment_sats:
        raise SignerRefused(Refusal.PAYMENT, f"at most {limits.max_payment_sats} sats each")
    scripts = [one.script for one in unsigned_tx(plan).outputs]
    size = estimated_vbytes(plan.wallet, len(plan.inputs), scripts)
    if plan.fee_sats > min(limits.max_fee_sats, size * limits.max_fee_rate):
        raise SignerRefused(Refusal.FEE, f"{plan.fee_sats} sats for {size} vbytes")


def _signs_before(rules: Rules, plan: SpendPlan) -> set[KeySource]:
    owner, protocol = plan.wallet.keys[0], plan.wallet.keys[min(1, len(plan.wallet.keys) - 1)]
    match rules.role, plan.purpose:
        case (Role.HOT | Role.USER, _):
            return set()
        case (Role.BACKUP, Purpose.VAULT):
            return {protocol}
    return {owner}


def _check_signed(rules: Rules, plan: SpendPlan, psbt: str) -> None:
    """Who must have signed before it, and nobody else has: so it is the last, and once."""
    signed = signatures_in(plan, psbt)
    expected, present = _signs_before(rules, plan), set(signed)
    if any(len(one) != len(plan.inputs) for one in signed.values()) or expected - present:
        raise SignerRefused(Refusal.OWNER_MISSING, "not signed on every input by who signs before")
    if present - expected:
        raise SignerRefused(Refusal.SIGNED_ENOUGH, "signed by others as well")
