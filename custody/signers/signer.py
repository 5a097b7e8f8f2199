"""The shape of every signer: it says who it is, gives keys, and signs plans that its own policy lets pass.

It never sends a transaction, and never hands out more than its own signatures.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from custody.bitcoin.types import RECEIVE, FixedKey, KeySource, Network, Place, Role, SpendPlan
from custody.foreign_words import printable

MAX_DETAIL = 200


class Refusal(StrEnum):
    """Why a signer does not sign."""

    FORMAT = "FORMAT"  # no plan or PSBT that can be read
    PLAN = "PLAN"  # the plan contradicts itself: values, sums, scripts, previous transactions
    DUST = "DUST"
    NETWORK = "NETWORK"
    WALLET = "WALLET"  # not a wallet that it serves
    SAME_KEY = "SAME_KEY"  # a key stands twice in a wallet
    PURPOSE = "PURPOSE"  # its role does not serve this purpose
    DESTINATION = "DESTINATION"  # a sweep elsewhere than to cold storage, a bump out of the wallet
    CHANGE = "CHANGE"  # not of the wallet's change branch
    FEE = "FEE"  # above its cap
    PAYMENT = "PAYMENT"  # one payment above its cap
    PSBT = "PSBT"  # another transaction than the plan's, or other facts of its inputs and outputs
    SIGHASH = "SIGHASH"
    SIGNATURE = "SIGNATURE"  # one in the PSBT is wrong, high-S, not DER or of a key that has no part in it
    OWNER_MISSING = "OWNER_MISSING"  # the owner has not signed every input
    SIGNED_ENOUGH = "SIGNED_ENOUGH"  # others have signed: it signs last, and once
    REPLACEMENT = "REPLACEMENT"  # the same spend with other payments, or one that could confirm beside it
    PAID_ELSEWHERE = "PAID_ELSEWHERE"  # another spend, which could confirm as well, pays this reference
    VELOCITY = "VELOCITY"  # more than it signs in an hour or a day
    NO_TOKEN = "NO_TOKEN"  # noqa: S105  # a fixed key of a signer that derives its keys


class SignerRefused(Exception):
    """It has decided not to sign this, and nothing of it is signed. Asked again it says the same,
    unless `passes_with_time`."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        self.reason = reason
        self.detail = printable(detail, MAX_DETAIL)
        super().__init__(f"{reason}: {self.detail}" if detail else str(reason))

    @property
    def passes_with_time(self) -> bool:
        return self.reason is Refusal.VELOCITY


class SignerUnavailable(Exception):
    """No answer, or none that can be believed: it may have signed or not. Ask again with the same plan."""

    def __init__(self, detail: str) -> None:
        super().__init__(printable(detail, 2 * MAX_DETAIL))


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """`party` is who runs it, shown to everybody. `key` is None of a token, which gives `fixed_key`s."""

    role: Role
    party: str
    key: KeySource | None
    network: Network


class Signer(Protocol):
    """Every call is bounded in time and raises SignerRefused or SignerUnavailable, nothing else."""

    def describe(self) -> SignerFacts: ...

    def fixed_key(self, label: str) -> FixedKey:
        """The key of this label, made where there is none. Refused (NO_TOKEN) by a signer that derives."""

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        """Its own signature for each input in the plan's order: DER, low S, SIGHASH_ALL as last byte.

        `psbt` is the plan's, with the owner's signatures where it is a vault's. The same plan again is
        answered with the same signatures and counted once.
        """


def cold_reference(index: int) -> str:
    """The reference of a sweep's payment: which receiving address of the cold wallet it goes to."""
    return f"cold:{index}"


def cold_place(reference: str) -> Place | None:
    """The place in the cold wallet that such a reference names."""
    kind, _, index = reference.partition(":")
    is_index = index.isascii() and index.isdigit() and len(index) <= 9
    return Place(RECEIVE, int(index)) if kind == "cold" and is_index else None
