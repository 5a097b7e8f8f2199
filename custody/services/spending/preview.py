"""The transaction that would be made for a withdrawal now, for whoever has to agree to it; kept nowhere."""

from dataclasses import dataclass

from django.db import transaction

from custody.bitcoin.addresses import read_address
from custody.errors import CustodyUnavailable
from custody.models import Coin, Withdrawal
from custody.rules.coins import choose
from custody.rules.terms import Terms
from custody.services.spending.coins import candidates, lock_spendable
from custody.services.spending.sizing import aim_at
from custody.services.wallet_keys import HOT
from custody.services.wallets import hot_spec


@dataclass(frozen=True, slots=True)
class Preview:
    """`coins` are what it would spend; 0 of change is none."""

    coins: tuple[Coin, ...]
    address: str
    amount_sats: int
    change_sats: int
    fee_sats: int


def preview(withdrawal: Withdrawal, *, rate: int, terms: Terms) -> Preview | None:
    """On its own, whatever else waits; None where the hot wallet cannot pay it, or the miners want too much.

    `rate` in satoshis for 1,000 vbytes.
    """
    try:
        spec = hot_spec()
    except CustodyUnavailable:
        return None
    with transaction.atomic():
        coins = lock_spendable(HOT)
        transaction.set_rollback(True)
    script = read_address(withdrawal.address, spec.network)
    choice = choose(candidates(coins), aim_at(spec, [script], withdrawal.amount_sats, rate))
    if choice is None or choice.fee_sats > terms.max_fee_sats:
        return None
    chosen = {coin.pk: coin for coin in coins}
    return Preview(
        tuple(chosen[coin_id] for coin_id in choice.coin_ids),
        withdrawal.address,
        withdrawal.amount_sats,
        choice.change_sats,
        choice.fee_sats,
    )
