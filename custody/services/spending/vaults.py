"""Spends a vault's coins: the house plans, the owner signs first and the protocol last, then it is told.

What is signed enough to be sent leaves the house only by being told.
"""

from django.db import transaction

from custody.bitcoin import psbts
from custody.bitcoin.errors import BadPsbt, PlanMismatch
from custody.bitcoin.plans import MAX_INPUTS
from custody.bitcoin.types import Purpose
from custody.errors import InvalidPsbt, InvalidState, PsbtMismatch
from custody.models import Spend, SpendVersion
from custody.rules.statuses import SpendStatus
from custody.services.spending.coins import MAX_SOURCE_BYTES
from custody.services.spending.drop import drop
from custody.services.spending.vault_plans import (
    PlannedSpend,
    Quote,
    plan_vault_spend,
    plan_vault_sweep,
    quote_vault_spend,
    quote_vault_sweep,
    vault_fee_rate,
)
from custody.services.spending.versions import plan_of

__all__ = [
    "PlannedSpend",
    "Quote",
    "accept_owner_psbt",
    "drop_vault_spend",
    "plan_vault_spend",
    "plan_vault_sweep",
    "quote_vault_spend",
    "quote_vault_sweep",
    "vault_fee_rate",
]

# Of MAX_INPUTS with MAX_SOURCE_BYTES between them, which whoever pays a vault may use up.
MAX_PSBT_CHARACTERS = 4 * (MAX_SOURCE_BYTES + 1_000 * MAX_INPUTS) // 3


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
