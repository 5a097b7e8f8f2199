"""Fills a migrated database with the flow's market and 2,000 accounts: `python -m bench.path.stage`.

In bulk and through the ledger's batch, because the services, one transaction each, would take minutes. Their
money is left on its way to trading, and the engine that is started next takes it.
"""

import uuid

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  (models need django.setup first)
from django.db import connection, transaction  # noqa: E402
from django.db.models import F  # noqa: E402

from bench.core.alone import FUNDS_ATOMS, SYMBOL  # noqa: E402
from bench.order_flow import ACCOUNTS  # noqa: E402
from exchange.models import WalletTransfer  # noqa: E402
from exchange.rules import TransferDirection  # noqa: E402
from exchange.services.markets import open_market  # noqa: E402
from ledger.batch import AccountKey, BatchTransfer, account_ids, post_batch  # noqa: E402
from ledger.models import Account, PendingTransfer  # noqa: E402
from ledger.rules import Purpose  # noqa: E402
from ledger.services import seed_assets  # noqa: E402

TRADERS = range(2, 2 * ACCOUNTS + 2)
STAGE_COMMANDS = 1 + len(TRADERS)  # what the engine takes before the flow: the market and the deposits


def _asset(trader: int) -> str:
    """Even ones buy, odd ones sell."""
    return "BTC" if trader % 2 else "USDB"


@transaction.atomic
def set_stage() -> None:
    seed_assets()
    open_market(symbol=SYMBOL, price_decimals=2, quantity_decimals=5, max_open_orders=1_000_000)
    User.objects.bulk_create([User(id=trader, username=f"trader-{trader}") for trader in TRADERS])
    issue = {asset: AccountKey(None, asset, Purpose.DEMO_ISSUE.value) for asset in ("BTC", "USDB")}
    funding = {trader: AccountKey(trader, _asset(trader), Purpose.FUNDING.value) for trader in TRADERS}
    trading = {trader: AccountKey(trader, _asset(trader), Purpose.TRADING.value) for trader in TRADERS}
    with connection.cursor() as cursor:
        ids = account_ids(cursor, [*issue.values(), *funding.values(), *trading.values()])
        transfers = [
            BatchTransfer(
                ids[issue[_asset(trader)]], ids[funding[trader]], FUNDS_ATOMS, "DEMO_ISSUE", f"demo:{trader}"
            )
            for trader in TRADERS
        ]
        post_batch(cursor, transfers)
    held = [_pending(ids[funding[trader]], ids[trading[trader]], trader) for trader in TRADERS]
    Account.objects.filter(purpose=Purpose.FUNDING).update(pending_debits_atoms=F("balance_atoms"))
    pending = PendingTransfer.objects.bulk_create(held)
    WalletTransfer.objects.bulk_create(
        [_wallet(trader, row.pk) for trader, row in zip(TRADERS, pending, strict=True)]
    )


def _pending(debit_id: int, credit_id: int, trader: int) -> PendingTransfer:
    return PendingTransfer(
        debit_id=debit_id,
        credit_id=credit_id,
        amount_atoms=FUNDS_ATOMS,
        code=str(TransferDirection.TO_TRADING),
        key=f"wallet:{trader}",
    )


def _wallet(trader: int, pending_id: int) -> WalletTransfer:
    return WalletTransfer(
        user_id=trader,
        shard_id=0,
        direction=TransferDirection.TO_TRADING,
        asset=_asset(trader),
        amount_atoms=FUNDS_ATOMS,
        key="bench",
        command_id=uuid.uuid4(),
        pending_id=pending_id,
    )


if __name__ == "__main__":
    set_stage()
