"""What operators find of vaults: by id, address, transaction, and by the ids of collateral on its way out."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from access.cockpit import MOST_FOUND, Found, SearchSource
from access.cockpit_links import can_name, row_url
from access.read_only import as_uuid
from custody.selectors import wallet_of_address
from custody.selectors_spends import spend_of
from vaults.admin import units
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.texts import bitcoin

_MOST_ADDRESS = 100


def vaults(term: str) -> Sequence[Found]:
    rows = Vault.objects.select_related("owner")
    number = as_uuid(term)
    if units.is_txid(term):
        coins = VaultCoin.objects.filter(Q(coin__txid=term) | Q(coin__spent_by=term))
        rows = rows.filter(pk__in=list(coins.values_list("vault_id", flat=True)[:MOST_FOUND]))
    elif number is not None:
        rows = rows.filter(pk=number)
    else:
        references = _references(term)
        if not references:
            return []
        rows = rows.filter(pk__in=references)
    return [_vault(row) for row in rows.order_by("-created_at")[:MOST_FOUND]]


def _references(term: str) -> list[UUID]:
    """Of the vault with this address: a vault keeps its id as its wallet's reference."""
    wallet = wallet_of_address(term) if can_name(term, _MOST_ADDRESS) else None
    reference = as_uuid(wallet) if wallet else None
    return [] if reference is None else [reference]


def _vault(row: Vault) -> Found:
    label = f" · {row.label}" if row.label else ""
    detail = f"{row.status} · {bitcoin(row.collateral_sats)} BTC{label} · {row.pk}"
    return Found("vault", f"Vault of {row.owner}", detail, row_url(row))


def outgoing(term: str) -> Sequence[Found]:
    rows = CollateralWithdrawal.objects.select_related("vault__owner")
    number = as_uuid(term)
    if units.is_txid(term):
        spend = spend_of(term)
        if spend is None:
            return []
        rows = rows.filter(spend_id=spend.pk)
    elif number is not None:
        rows = rows.filter(pk=number)
    elif can_name(term, _MOST_ADDRESS):
        rows = rows.filter(address=term)
    else:
        return []
    return [
        Found(
            "collateral out of a vault",
            f"{bitcoin(row.amount_sats)} BTC of {row.vault.owner}",
            f"{row.status} · to {row.address}",
            row_url(row),
        )
        for row in rows.order_by("-created_at")[:MOST_FOUND]
    ]


SEARCH = (
    SearchSource("vaults", "vaults.view_vault", vaults),
    SearchSource("outgoing_collateral", "vaults.view_collateralwithdrawal", outgoing),
)
