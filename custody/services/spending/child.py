"""A child that pays for its parent (CPFP): it spends a waiting output of ours, back into the hot wallet."""

from custody.bitcoin.plans import dust_sats, estimated_vbytes
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import CHANGE, Place, Purpose
from custody.models import Coin, SpendVersion
from custody.rules.coins import Choice
from custody.rules.fees import Paid, child_fee
from custody.rules.statuses import Trail
from custody.rules.terms import Terms
from custody.services import wallets
from custody.services.spending.coins import free_coins, lock_rows
from custody.services.spending.versions import Intent, open_spend
from custody.services.wallet_keys import HOT


def pull(version: SpendVersion, rate: int, ancestors: Paid, terms: Terms) -> bool:
    """Plan a child that brings `version` and what it waits for to `rate`. False where it has no output of
    the house, or that is worth too little."""
    coin = _own_output(version)
    if coin is None:
        return False
    spec = wallets.hot_spec()
    change = script_at(spec, Place(CHANGE, 0)).script
    vbytes = estimated_vbytes(spec, 1, [change])
    fee = child_fee(Paid(version.fee_sats, version.vbytes) + ancestors, vbytes, rate)
    left = coin.value_sats - fee
    if left < dust_sats(change) or fee > terms.max_fee_sats:
        return False
    place = wallets.change_place().place
    open_spend(Intent(Purpose.BUMP, HOT, spec, ()), [coin], Choice((coin.pk,), fee, left), place)
    return True


def _own_output(version: SpendVersion) -> Coin | None:
    """Change of the hot wallet: what else may be ours is not booked with its spend, so a child of it would
    never settle."""
    ours = free_coins(HOT).filter(txid=version.txid, watched__trail=Trail.CHANGE)
    return next(iter(lock_rows(ours.order_by("-value_sats", "pk"))), None)
