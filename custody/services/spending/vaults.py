"""Spends a vault's coins: the house plans, the owner signs first and the protocol last, then it is told.

What is signed enough to be sent leaves the house only by being told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from custody.bitcoin import psbts
from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import BadAddress, BadPsbt, PlanMismatch
from custody.bitcoin.plans import MAX_INPUTS, MAX_PAYMENTS, dust_sats
from custody.bitcoin.types import Payment, Purpose
from custody.errors import (
    BelowMinimum,
    FundsTooSmall,
    InvalidAddress,
    InvalidPsbt,
    InvalidState,
    PsbtMismatch,
    WalletNotFound,
)
from custody.models import Spend, SpendVersion, VaultWallet
from custody.rules.fees import RELAY_RATE
from custody.rules.statuses import SpendStatus
from custody.rules.withdrawals import BTC_DECIMALS
from custody.selectors_terms import terms_in_force
from custody.services.spending.coins import MAX_SOURCE_BYTES, choose_readable, free_coins, lock_rows
from custody.services.spending.drop import drop
from custody.services.spending.sizing import aim_at
from custody.services.spending.versions import Intent, open_spend, plan_of
from custody.services.vault_wallets import vault_places, vault_spec
from custody.services.wallet_keys import network
from ledger.money import format_atoms

# Of MAX_INPUTS with MAX_SOURCE_BYTES between them, which whoever pays a vault may use up.
MAX_PSBT_CHARACTERS = 4 * (MAX_SOURCE_BYTES + 1_000 * MAX_INPUTS) // 3


@dataclass(frozen=True, slots=True)
class PlannedSpend:
    """`psbt` is what the owner signs."""

    spend: Spend
    psbt: str


def plan_vault_spend(*, reference: str, payments: Sequence[Payment], fee_rate: int) -> PlannedSpend:
    """Hold confirmed coins of the vault and fix the transaction; what is left goes back into the vault.

    Each payment has a reference of its own, for ever. Raises InvalidAddress, BelowMinimum, WalletNotFound,
    FundsTooSmall.
    """
    references = {payment.reference for payment in payments} - {""}
    assert 0 < len(payments) == len(references) <= MAX_PAYMENTS, "signers refuse it for good"
    rate = max(RELAY_RATE, min(fee_rate, terms_in_force().max_fee_rate))
    scripts = [_script(payment) for payment in payments]
    target = sum(payment.value_sats for payment in payments)
    with transaction.atomic():
        wallet = VaultWallet.objects.select_for_update().filter(reference=reference).first()
        if wallet is None:
            raise WalletNotFound
        spec = vault_spec(wallet)
        coins = lock_rows(free_coins(reference).filter(height__isnull=False).order_by("-value_sats", "pk"))
        aim = aim_at(spec, scripts, target, rate)
        choice = choose_readable(coins, aim)
        if choice is None:
            available = sum(coin.value_sats for coin in coins)
            raise FundsTooSmall(available=_text(available), required=_text(target + aim.fee(1, False)))
        # From here on it succeeds.
        change = vault_places(wallet)[1] if choice.change_sats else None
        intent = Intent(Purpose.VAULT, reference, spec, tuple(payments))
        version = open_spend(intent, coins, choice, change)
    return PlannedSpend(version.spend, psbts.psbt_of(plan_of(version)))


def accept_owner_psbt(*, spend_id: int, text: str) -> Spend:
    """Take the owner's signatures, and nothing else of it. The same again changes nothing.

    Raises InvalidPsbt for what is none, PsbtMismatch for another transaction or wrong, missing or foreign
    signatures, InvalidState where the spend is past it.
    """
    if len(text) > MAX_PSBT_CHARACTERS:
        raise InvalidPsbt("It is longer than any PSBT of a vault.", field="psbt")
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        version = SpendVersion.objects.get(spend_id=spend_id, number=0)
        if spend.purpose != Purpose.VAULT:
            raise InvalidState("Its owner has nothing to sign.", status=spend.status)
        signed = _owner_signed(version, text)
        if version.owner_psbt == signed:
            return spend
        if spend.status != SpendStatus.PLANNED:
            raise InvalidState(status=spend.status)
        # From here on it succeeds.
        version.owner_psbt = signed
        version.save(update_fields=["owner_psbt"])
    return spend


def drop_vault_spend(*, spend_id: int) -> Spend:
    """Give a plan up that the protocol was not asked for. Raises InvalidState where it was."""
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        if spend.purpose != Purpose.VAULT or spend.status != SpendStatus.PLANNED:
            raise InvalidState(status=spend.status)
        drop(spend)
    return spend


def _owner_signed(version: SpendVersion, text: str) -> str:
    """The plan's own PSBT with the signatures of this one: what a wallet says besides goes no further."""
    plan = plan_of(version)
    try:
        signed = psbts.signatures_of_wallet(plan, text)
    except BadPsbt as error:
        raise InvalidPsbt(field="psbt", reason=str(error.reason)) from None
    except PlanMismatch as error:
        raise PsbtMismatch(field="psbt", reason=str(error.reason)) from None
    if set(signed) != {plan.wallet.keys[0]}:
        raise PsbtMismatch(field="psbt", reason="OWNER_ALONE")
    return psbts.with_signatures(plan, signed)


def _script(payment: Payment) -> bytes:
    try:
        script = read_address(payment.address, network())
    except BadAddress as error:
        raise InvalidAddress(field="address", reason=str(error.reason)) from None
    if payment.value_sats < dust_sats(script):
        raise BelowMinimum(field="amount", minimum=_text(dust_sats(script)))
    return script


def _text(sats: int) -> str:
    return format_atoms(sats, BTC_DECIMALS)
