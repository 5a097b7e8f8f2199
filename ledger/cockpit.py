"""The ledger for operators: transfers found by number or key, and what a customer holds in each account."""

from collections.abc import Mapping, Sequence

from access.cockpit import MOST_FOUND, Found, Panel, PanelSource, SearchSource
from access.cockpit_links import can_name, list_url, row_link, row_url
from access.read_only import is_number
from ledger.models import MAX_KEY_LENGTH, Account, Asset, PendingTransfer, Transfer
from ledger.money import format_atoms
from ledger.rules import PendingStatus
from ledger.selectors import assets, balances_of

_MOST_ACCOUNTS = 100


def transfers(term: str) -> Sequence[Found]:
    if not can_name(term, MAX_KEY_LENGTH):
        return []
    done, pending = Transfer.objects.all(), PendingTransfer.objects.all()
    if is_number(term):
        done, pending = done.filter(pk=int(term)), pending.filter(pk=int(term))
    else:
        done, pending = done.filter(key=term), pending.filter(key=term)
    return [
        *(_found("ledger transfer", row) for row in done.select_related("debit__asset")[:MOST_FOUND]),
        *(_found("pending transfer", row) for row in pending.select_related("debit__asset")[:MOST_FOUND]),
    ][:MOST_FOUND]


def _found(kind: str, row: Transfer | PendingTransfer) -> Found:
    amount = f"{format_atoms(row.amount_atoms, row.debit.asset.decimals)} {row.debit.asset_id}"
    detail = f"{row.code} · {row.key} · {row.created_at:%Y-%m-%d %H:%M:%S}"
    return Found(kind, f"{amount}, {kind} {row.pk}", detail, row_url(row))


def balances(user_id: int) -> Panel:
    known = assets()
    accounts = balances_of(owner_id=user_id)
    open_rows = PendingTransfer.objects.filter(debit__in=accounts, status=PendingStatus.PENDING)
    holds = list(open_rows.select_related("debit").order_by("pk")[:MOST_FOUND])
    shown = [row for row in accounts if row.balance_atoms or row.pending_debits_atoms]
    return Panel(
        facts=[
            (_amount(row, known), row_link(row, f"{row.code} since {row.created_at:%Y-%m-%d %H:%M:%S}"))
            for row in holds
        ],
        head=["account", "purpose", "balance", "held", "available"] if shown else [],
        rows=[
            [
                row_link(row, row.pk),
                f"{row.purpose} {row.asset_id}" + (f"/{row.shard}" if row.shard else ""),
                *(
                    format_atoms(atoms, known[row.asset_id].decimals)
                    for atoms in (row.balance_atoms, row.pending_debits_atoms, row.available_atoms)
                ),
            ]
            for row in shown[:_MOST_ACCOUNTS]
        ],
        more_url=list_url(Account, owner__id__exact=user_id) if len(shown) > _MOST_ACCOUNTS else "",
    )


def _amount(row: PendingTransfer, known: Mapping[str, Asset]) -> str:
    asset = known[row.debit.asset_id]
    return f"Held: {format_atoms(row.amount_atoms, asset.decimals)} {asset.code}"


SEARCH = (SearchSource("ledger_transfers", "ledger.view_transfer", transfers),)
PANELS = (PanelSource("ledger", "Balances and holds", "ledger.view_account", balances),)
