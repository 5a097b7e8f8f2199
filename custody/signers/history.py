"""What a signer signed before, and what it therefore no longer signs: rivals of a spend, and too much of it.

Pure: the rows of its books in, a refusal or nothing out.
"""

import hashlib
import json
from dataclasses import dataclass

from custody.bitcoin.encoding import plan_to_json
from custody.bitcoin.types import OutPoint, Purpose, SpendPlan
from custody.signers.policy import STAYS, Limits
from custody.signers.signer import Refusal, SignerRefused

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Signing:
    """One version of a spend that it has agreed to sign. `pays` is (reference, address, sats), sorted."""

    spend_id: str
    version: int
    digest: str
    purpose: Purpose
    inputs: frozenset[OutPoint]
    pays: tuple[tuple[str, str, int], ...]
    outflow_sats: int
    signed_at: int  # seconds


@dataclass(frozen=True, slots=True)
class Past:
    """`family`: this spend's versions. `cousins`: other spends that pay one of its references.

    Sums are of this purpose without this spend: each spend with its largest version, at its last one's time.
    """

    family: tuple[Signing, ...] = ()
    cousins: tuple[Signing, ...] = ()
    hour_sats: int = 0
    day_sats: int = 0
    hour_signings: int = 0  # versions, of this spend as well


def signing_of(plan: SpendPlan, outflow_sats: int, now: int) -> Signing:
    return Signing(
        spend_id=plan.spend_id,
        version=plan.version,
        digest=digest_of(plan),
        purpose=plan.purpose,
        inputs=frozenset(one.outpoint for one in plan.inputs),
        pays=tuple(sorted((one.reference, one.address, one.value_sats) for one in plan.payments)),
        outflow_sats=outflow_sats,
        signed_at=now,
    )


def digest_of(plan: SpendPlan) -> str:
    """Names the plan and all that is in it."""
    text = json.dumps(plan_to_json(plan), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_past(past: Past, signing: Signing, limits: Limits) -> None:
    """Refuses what could be paid beside something signed before, then what is too much."""
    for earlier in past.family:
        _check_replaces(earlier, signing)
    # The references of a sweep are places of cold storage, which may be paid again.
    cousins = () if signing.purpose is Purpose.SWEEP else past.cousins
    for cousin in cousins:
        if not cousin.inputs & signing.inputs:
            raise SignerRefused(Refusal.PAID_ELSEWHERE, f"spend {cousin.spend_id} pays one of its references")
    _check_velocity(past, signing, limits)


def _check_replaces(earlier: Signing, signing: Signing) -> None:
    if signing.version <= earlier.version:
        raise SignerRefused(Refusal.REPLACEMENT, f"version {earlier.version} was signed")
    if not signing.inputs & earlier.inputs:
        raise SignerRefused(Refusal.REPLACEMENT, f"shares no input with version {earlier.version}")
    if (signing.purpose, signing.pays) != (earlier.purpose, earlier.pays):
        raise SignerRefused(Refusal.REPLACEMENT, f"does not pay what version {earlier.version} pays")


def _check_velocity(past: Past, signing: Signing, limits: Limits) -> None:
    largest = max([signing.outflow_sats, *(one.outflow_sats for one in past.family)])
    hour_sats, day_sats = limits.hour_sats, limits.day_sats
    if signing.purpose in STAYS:
        hour_sats, day_sats = limits.hour_fee_sats, limits.day_fee_sats
    if past.hour_sats + largest > hour_sats:
        raise SignerRefused(Refusal.VELOCITY, "sats of an hour")
    if past.day_sats + largest > day_sats:
        raise SignerRefused(Refusal.VELOCITY, "sats of a day")
    if past.hour_signings + 1 > limits.signings_per_hour:
        raise SignerRefused(Refusal.VELOCITY, "signings of an hour")
