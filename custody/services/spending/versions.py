"""Rows of spends: one is opened, gets versions, and each version's plan is read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from custody.bitcoin import encoding, plans, transactions
from custody.bitcoin.types import Change, Payment, Place, Purpose, SpendInput, SpendPlan, WalletSpec
from custody.models import Coin, Spend, SpendCoin, SpendVersion
from custody.rules.coins import Choice
from custody.rules.statuses import SpendStatus
from custody.services.spending.coins import inputs_of


@dataclass(frozen=True, slots=True)
class Intent:
    """What a new spend is for."""

    purpose: Purpose
    wallet: str
    spec: WalletSpec
    payments: tuple[Payment, ...]


def open_spend(intent: Intent, coins: Sequence[Coin], choice: Choice, change: Place | None) -> SpendVersion:
    """The spend, the coins it holds and its first version, in the caller's transaction. `change` is where
    the choice's change goes, where it has some."""
    assert (change is not None) == (choice.change_sats > 0), "change without a place, or a place without"
    spend = Spend.objects.create(purpose=intent.purpose, wallet=intent.wallet, status=SpendStatus.PLANNED)
    hold(spend, choice.coin_ids)
    by_id = {coin.pk: coin for coin in coins}
    inputs = inputs_of([by_id[coin_id] for coin_id in choice.coin_ids])
    plan = SpendPlan(
        spend_id=_name(spend.pk, inputs[0]),
        version=0,
        purpose=intent.purpose,
        wallet=intent.spec,
        inputs=inputs,
        payments=intent.payments,
        change=Change(change, choice.change_sats) if change else None,
        fee_sats=choice.fee_sats,
    )
    return add_version(spend, plan)


def hold(spend: Spend, coin_ids: Iterable[int]) -> None:
    """Keep them for this spend. The constraint of the table is the last word."""
    SpendCoin.objects.bulk_create(SpendCoin(spend=spend, coin_id=coin_id) for coin_id in coin_ids)


def add_version(spend: Spend, plan: SpendPlan) -> SpendVersion:
    plans.check_plan(plan)
    return SpendVersion.objects.create(
        spend=spend,
        number=plan.version,
        plan=encoding.plan_to_json(plan),
        txid=transactions.txid(plans.unsigned_tx(plan)),
        fee_sats=plan.fee_sats,
        vbytes=_size_of(plan),
    )


def plan_of(version: SpendVersion) -> SpendPlan:
    return encoding.plan_from_json(version.plan)


def _size_of(plan: SpendPlan) -> int:
    """Its virtual bytes once it is signed, at most."""
    outputs = plans.unsigned_tx(plan).outputs
    return plans.estimated_vbytes(plan.wallet, len(plan.inputs), [output.script for output in outputs])


def _name(spend_id: int, first: SpendInput) -> str:
    """What signers know it by. The coin is in it so that the next spend of a database that was restored is
    not taken for one that they have signed."""
    return f"spend:{spend_id}:{first.outpoint.txid[:16]}:{first.outpoint.vout}"
