"""Spends of the hot wallet's coins that no row knows, as the chain shows them."""

from uuid import UUID

from django.utils import timezone

from custody.bitcoin.addresses import address_of
from custody.bitcoin.types import CHANGE, Payment, Purpose, Tx, TxOut
from custody.models import Coin, SpendVersion, UnexpectedSpend, WatchedScript
from custody.rules.statuses import SpendStatus
from custody.selectors_spends import seen_tx
from custody.services.restoring.payees import Unresolved, reference_of, waiting_for
from custody.services.restoring.signed import Signed
from custody.services.wallet_keys import COLD, HOT, network
from custody.signers.signer import cold_reference


def strangers(since_height: int) -> list[str]:
    """Their txids, in the order of their coins. Of the blocks since, and of the mempool."""
    spent = Coin.objects.filter(watched__wallet=HOT).exclude(spent_by="")
    recent = [
        one
        for one, height in spent.order_by("pk").values_list("spent_by", "spent_height")
        if height is None or height >= since_height
    ]
    rows = SpendVersion.objects.filter(txid__in=recent).exclude(spend__status=SpendStatus.DROPPED)
    known = set(rows.values_list("txid", flat=True))
    seen = UnexpectedSpend.objects.filter(txid__in=recent, ended_at__isnull=False)
    known |= set(seen.values_list("txid", flat=True))  # people have looked at it
    return [txid for txid in dict.fromkeys(recent) if txid not in known]


def as_signed(txid: str) -> Signed:
    """What it must have been for, where the house has made it: found by addresses and amounts alone.

    Raises Unresolved.
    """
    tx = seen_tx(txid)
    if tx is None:
        raise Unresolved(f"{txid} is not to be seen any more")
    watched = {bytes(one.script): one for one in WatchedScript.objects.filter(script__in=_scripts(tx))}
    *others, last = tx.outputs
    end = watched.get(last.script)
    has_change = end is not None and end.wallet == HOT and end.branch == CHANGE
    paid = others if has_change else list(tx.outputs)
    payments = _payments(paid, watched)
    coins = {one.outpoint: one for one in Coin.objects.filter(spent_by=txid)}
    outpoints = tuple(one.outpoint for one in tx.inputs)
    total = sum(coins[one].value_sats for one in outpoints if one in coins)
    return Signed(
        name=f"spend:restored:{txid[:32]}",
        version=0,
        purpose=_purpose(payments),
        txid=txid,
        outpoints=outpoints,
        payments=payments,
        change_address=end.address if has_change and end is not None else "",
        change_sats=last.value_sats if has_change else 0,
        fee_sats=total - sum(one.value_sats for one in tx.outputs),
        asked_at=timezone.now(),
    )


def _scripts(tx: Tx) -> list[bytes]:
    return [one.script for one in tx.outputs]


def _purpose(payments: tuple[Payment, ...]) -> Purpose:
    if not payments:
        return Purpose.BUMP
    is_sweep = all(one.reference.startswith("cold:") for one in payments)
    return Purpose.SWEEP if is_sweep else Purpose.WITHDRAWAL


def _payments(outputs: list[TxOut], watched: dict[bytes, WatchedScript]) -> tuple[Payment, ...]:
    taken: set[UUID] = set()
    found = []
    for number, output in enumerate(outputs):
        address = address_of(output.script, network())
        if address is None:
            raise Unresolved("it pays something that is no address")
        own = watched.get(output.script)
        if own is not None and own.wallet == COLD:
            found.append(Payment(address, output.value_sats, cold_reference(own.index)))
            continue
        row = waiting_for(address, output.value_sats, taken)
        if row is not None:
            taken.add(row.pk)
        found.append(Payment(address, output.value_sats, reference_of(row.pk) if row else f"paid:{number}"))
    return tuple(found)
