"""Takes coins back out of the house's capital that seemed to come by themselves, and are its own change."""

from custody.models import HouseCoin
from custody.services.movements import Accounts, post
from custody.services.wallet_keys import COLD
from ledger.batch import BatchTransfer


def uncount_house_coins(txid: str, accounts: Accounts) -> int:
    """In the caller's transaction. They are booked again with the spend that made them."""
    rows = list(
        HouseCoin.objects.select_for_update(of=("self", "coin"))
        .select_related("coin__watched")
        .filter(coin__txid=txid)
        .order_by("pk")
    )
    moves = []
    for row in rows:
        coin = row.coin
        if row.is_counted:
            wallet = accounts.cold if coin.watched.wallet == COLD else accounts.hot
            key = f"coin:{coin.pk}:out:{row.counts}"
            moves.append(
                BatchTransfer(accounts.house, wallet, coin.value_sats, "HOUSE_COIN_GONE", key, str(coin))
            )
            coin.is_booked = False
            coin.save(update_fields=["is_booked"])
        row.delete()
    if moves:
        post(moves)
    return len(rows)
