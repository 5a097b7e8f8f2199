"""Snapshots of what is owed to customers, to be read. Their secrets and leaves are shown to nobody."""

from django.contrib import admin
from django.db.models import Q

from access.read_only import LongTableAdmin
from ledger.money import format_atoms
from vaults.models import ReserveSnapshot
from vaults.reserves.proofs import has_leaves
from vaults.reserves.summary import decimals_of_assets


@admin.register(ReserveSnapshot)
class ReserveSnapshotAdmin(LongTableAdmin):
    """Searched by number or by root."""

    list_display = ("id", "taken_at", "customers", "shown_totals", "is_backed", "root")
    fields = (*list_display, "position", "depth", "keeps_leaves", "took_ms")
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        if len(term) == 64 and all(one in "0123456789abcdef" for one in term):
            return Q(root=term)
        return super().matching(term)

    @admin.display(description="totals")
    def shown_totals(self, row: ReserveSnapshot) -> str:
        decimals = decimals_of_assets()
        return ", ".join(
            f"{format_atoms(int(total), decimals[asset])} {asset}"
            for asset, total in zip(row.assets, row.totals, strict=True)
        )

    @admin.display(description="is what the house accounts for")
    def is_backed(self, row: ReserveSnapshot) -> str:
        return "yes" if row.totals == row.backing else "NO"

    @admin.display(description="proofs are made")
    def keeps_leaves(self, row: ReserveSnapshot) -> str:
        return "yes" if has_leaves(row) else "no: it is too old"
