"""The file that a recovery is carried in from one step to the next: the plan, and the signatures so far.

It holds no secret. Every step reads it as if somebody else had written it.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from custody.bitcoin.addresses import read_address
from custody.bitcoin.encoding import plan_from_json, plan_to_json
from custody.bitcoin.errors import PlanFault, PlanMismatch
from custody.bitcoin.plans import (
    MAX_INPUTS,
    check_final,
    check_plan,
    digest,
    estimated_vbytes,
    finalize,
    unsigned_tx,
)
from custody.bitcoin.psbts import psbt_of, signatures_in, signatures_of_wallet, with_signatures
from custody.bitcoin.recovery import VaultExport
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import KeySource, Payment, Purpose, SpendInput, SpendPlan, WalletSpec
from custody.signers.seeds import AccountSecret

_LONGEST = 20_000_000
_FORMAT = "ballast-recovery-work-1"
MAX_FEE_RATE = 2_000


@dataclass(frozen=True, slots=True)
class Work:
    plan: SpendPlan
    psbt: str


class _Written(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    format: str
    plan: dict[str, Any]
    psbt: str


def begin(vault: VaultExport, coins: Sequence[SpendInput], address: str, fee_rate: int) -> Work:
    """What is worth it of these coins to one address. `fee_rate` is sats per vbyte. Raises BitcoinError."""
    script = read_address(address, vault.wallet.network)
    if not 1 <= fee_rate <= MAX_FEE_RATE:
        raise PlanMismatch(PlanFault.FEE, f"a fee rate is 1 to {MAX_FEE_RATE} sats per vbyte")
    spent = worth_spending(vault.wallet, coins, fee_rate)
    if not spent:
        raise PlanMismatch(PlanFault.INPUTS, "no coin that is worth what it costs to spend it")
    fee = fee_rate * estimated_vbytes(vault.wallet, len(spent), [script])
    rest = sum(one.value_sats for one in spent) - fee
    payment = Payment(address, max(rest, 0), "recovery")
    plan = SpendPlan("", 0, Purpose.RECOVERY, vault.wallet, spent, (payment,), None, fee)
    check_plan(plan)
    # Named by what it does: the same again is the same to a co-signer, anything else is another one.
    name = hashlib.sha256(serialize(unsigned_tx(plan))).hexdigest()[:32]
    payment = replace(payment, reference=f"recovery:{name}")
    plan = replace(plan, spend_id=f"recovery:{name}", payments=(payment,))
    return Work(plan, psbt_of(plan))


def worth_spending(wallet: WalletSpec, coins: Sequence[SpendInput], fee_rate: int) -> tuple[SpendInput, ...]:
    """The most valuable, as many as go into one transaction, none that costs more than it holds."""
    cost = fee_rate * (estimated_vbytes(wallet, 11, []) - estimated_vbytes(wallet, 1, [])) // 10
    good = sorted((one for one in coins if one.value_sats > cost), key=lambda one: -one.value_sats)
    return tuple(sorted(good[:MAX_INPUTS], key=lambda one: one.outpoint))


def read(path: Path) -> Work:
    """Raises BitcoinError, OSError."""
    with path.open("rb") as file:
        content = file.read(_LONGEST + 1)
    try:
        written = msgspec.json.decode(content, type=_Written)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise PlanMismatch(PlanFault.ENCODING, "this is no file of a recovery") from None
    if written.format != _FORMAT or len(content) > _LONGEST:
        raise PlanMismatch(PlanFault.ENCODING, "this is no file of a recovery")
    work = Work(plan_from_json(written.plan), written.psbt)
    check_plan(work.plan)
    signatures_in(work.plan, work.psbt)
    return work


def write(path: Path, work: Work) -> None:
    content = {"format": _FORMAT, "plan": plan_to_json(work.plan), "psbt": work.psbt}
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2))
    os.replace(beside, path)


def signed(work: Work, source: KeySource, signatures: Sequence[bytes]) -> Work:
    """With the signatures of one key, verified. Raises PlanMismatch."""
    given = {**signatures_in(work.plan, work.psbt), source: tuple(signatures)}
    psbt = with_signatures(work.plan, given)
    signatures_in(work.plan, psbt)
    return Work(work.plan, psbt)


def signed_by_wallet(work: Work, text: str) -> Work:
    """With the signatures in what a wallet gave back, verified. Raises BadPsbt, PlanMismatch."""
    found = signatures_of_wallet(work.plan, text)
    if not found:
        raise PlanMismatch(PlanFault.SIGNATURE_COUNT, "there is no signature in it")
    given = {**signatures_in(work.plan, work.psbt), **found}
    return Work(work.plan, with_signatures(work.plan, given))


def signed_by_secret(work: Work, secret: AccountSecret) -> Work:
    """Raises PlanMismatch where the wallet has not this key."""
    if secret.key not in work.plan.wallet.keys:
        raise PlanMismatch(PlanFault.FOREIGN_KEY, "this key is none of the vault's")
    own = [
        sign_digest(secret.secret_at(one.place), digest(work.plan, index))
        for index, one in enumerate(work.plan.inputs)
    ]
    return signed(work, secret.key, own)


def finished(work: Work) -> bytes:
    """The transaction as nodes take it. Raises PlanMismatch while it is not signed by two."""
    tx = finalize(work.plan, signatures_in(work.plan, work.psbt))
    check_final(work.plan, tx)
    return serialize(tx)
