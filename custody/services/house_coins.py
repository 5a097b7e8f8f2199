"""Coins that came to the house by themselves: counted as its capital when deep enough, and back.

Those that our own spends make are booked with their spends. What leaves cold storage was signed elsewhere:
the house bears it, and what of it comes into the hot wallet is counted there.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Q

from custody.bitcoin.types import Network
from custody.models import ChainPosition, HouseCoin
from custody.rules.confirmations import confirmations, required
from custody.rules.statuses import Trail
from custody.services.movements import Accounts, house_accounts, post
from custody.services.position import lock_position
from custody.services.wallet_keys import COLD
from ledger.batch import BatchTransfer

_OPEN = """
INSERT INTO custody_housecoin (coin_id, is_counted, counts, changed_at)
SELECT c.id, false, 0, now() FROM custody_coin AS c JOIN custody_watchedscript AS w ON w.id = c.watched_id
 WHERE c.txid = ANY(%s) AND w.trail = ANY(%s)
   AND NOT EXISTS (SELECT FROM custody_spendversion AS v WHERE v.txid = c.txid)
ON CONFLICT (coin_id) DO NOTHING"""
_TRAILS = [str(one) for one in (Trail.REFILL, Trail.CHANGE, Trail.COLD)]


def open_house_coins(txids: Sequence[str]) -> None:
    """For what is told now. A spend has its version before anybody can see its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [list(txids), _TRAILS])


def review_house_coins() -> bool:
    """False where one has to wait until a spend that took it is undone."""
    is_in_chain = Q(coin__height__isnull=False)
    left_cold = Q(coin__watched__wallet=COLD, coin__spent_height__isnull=False)
    to_count = HouseCoin.objects.filter(is_in_chain, ~left_cold, is_counted=False)
    to_uncount = HouseCoin.objects.filter(~is_in_chain | left_cold, is_counted=True)
    rows = [*to_count.values_list("pk", flat=True), *to_uncount.values_list("pk", flat=True)]
    reviewed = [_review_one(row) for row in sorted(rows)]
    return all(reviewed)


@transaction.atomic
def _review_one(row_id: int) -> bool:
    accounts = house_accounts()
    position = lock_position()
    row = (
        HouseCoin.objects.select_for_update(of=("self", "coin"))
        .select_related("coin__watched")
        .get(pk=row_id)
    )
    should_count = _should_count(row, position)
    if should_count == row.is_counted:
        return True
    if row.coin.is_booked == should_count:
        return False
    row.is_counted = row.coin.is_booked = should_count
    row.counts += should_count
    row.save(update_fields=["is_counted", "counts", "changed_at"])
    row.coin.save(update_fields=["is_booked"])
    post([_move(row, accounts)])
    return True


def _should_count(row: HouseCoin, position: ChainPosition) -> bool:
    """What is counted stays while it is in the chain, however deep; a cold coin until its spend is deep."""
    coin, tip = row.coin, position.height
    is_cold = coin.watched.wallet == COLD
    needed = required(coin.value_sats, Network(position.network), is_coinbase=coin.is_coinbase)
    if row.is_counted:
        left_needed = required(coin.value_sats, Network(position.network))
        has_left = is_cold and confirmations(coin.spent_height, tip) >= left_needed
        return coin.height is not None and not has_left
    # Of the hot wallet one that is spent counts, too: after a reorg it may come back with its spend.
    has_gone = is_cold and coin.spent_height is not None
    return confirmations(coin.height, tip) >= needed and not has_gone


def _move(row: HouseCoin, accounts: Accounts) -> BatchTransfer:
    """Into the wallet, against the house's capital, or back."""
    coin = row.coin
    wallet = accounts.cold if coin.watched.wallet == COLD else accounts.hot
    key, reference = f"coin:{coin.pk}:in:{row.counts}", str(coin)
    if row.is_counted:
        return BatchTransfer(wallet, accounts.house, coin.value_sats, "HOUSE_COIN", key, reference)
    key = f"coin:{coin.pk}:out:{row.counts}"
    return BatchTransfer(accounts.house, wallet, coin.value_sats, "HOUSE_COIN_GONE", key, reference)
