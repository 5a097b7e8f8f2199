"""Vaults and what was done with them: searched by anything that names one, to be read."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from access.read_only import LongTableAdmin
from access.views_of_people import HoldsPersonalData
from ledger.streams import events_of
from vaults.admin import units
from vaults.models import Operation, Vault

LATEST_EVENTS = 50


@admin.register(Vault)
class VaultAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = "owner_id"
    list_display = (
        "id",
        "created_at",
        "owner",
        "label",
        "status",
        "collateral",
        "debt",
        "ratio",
        "liquidation_price",
    )
    list_filter = ("status",)
    list_select_related = ("owner", "figures")
    ordering = ("-created_at", "-pk")  # type: ignore[assignment]  # its numbers have no order
    search_help_text = (
        "An id, a txid, an address, a label, or an owner's name, number or e-mail. Ratios are of now."
    )
    fields = (
        "id",
        "owner",
        "label",
        "status",
        "status_before",
        "collateral",
        "debt",
        "value",
        "ratio",
        "health_factor",
        "liquidation_price",
        "free_collateral",
        "mintable",
        "address",
        "figures",
        "normalised_atoms",
        "liquidation_key",
        "warning_key",
        "version",
        "created_at",
        "changed_at",
        "events",
    )
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        return Q(pk__in=units.vault_ids(term))

    @admin.display(description="collateral")
    def collateral(self, vault: Vault) -> str:
        return units.amount_of_bitcoin(vault.collateral_sats)

    @admin.display(description="debt")
    def debt(self, vault: Vault) -> str:
        return units.amount_of_dollars(units.view(vault).debt_atoms)

    @admin.display(description="value")
    def value(self, vault: Vault) -> str:
        return units.amount_of_dollars(units.view(vault).value_atoms)

    @admin.display(description="ratio now")
    def ratio(self, vault: Vault) -> str:
        return units.ratio(units.view(vault).ratio_ppm)

    @admin.display(description="health factor")
    def health_factor(self, vault: Vault) -> str:
        return units.ratio(units.view(vault).health_factor_ppm)

    @admin.display(description="liquidation price")
    def liquidation_price(self, vault: Vault) -> str:
        return units.price(units.view(vault).liquidation_price_e8)

    @admin.display(description="may be taken out")
    def free_collateral(self, vault: Vault) -> str:
        return units.amount_of_bitcoin(units.view(vault).free_collateral_sats)

    @admin.display(description="may be minted")
    def mintable(self, vault: Vault) -> str:
        return units.amount_of_dollars(units.view(vault).mintable_atoms)

    @admin.display(description="latest events")
    def events(self, vault: Vault) -> SafeString:
        rows = events_of(vault.stream, after=vault.version - LATEST_EVENTS, limit=LATEST_EVENTS)
        lines = (
            (one.version, f"{one.created_at:%Y-%m-%d %H:%M:%S}", one.name, one.data) for one in reversed(rows)
        )
        return format_html_join("", "<pre>{} {} {} {}</pre>", lines)


@admin.register(Operation)
class OperationAdmin(LongTableAdmin):
    list_display = ("id", "created_at", "actor", "kind", "key", "vault", "content")
    list_filter = ("kind",)
    list_select_related = ("actor", "vault")
    search_help_text = "A key, or what finds its vault"

    def matching(self, term: str) -> Q | None:
        return Q(key=term) | Q(vault_id__in=units.vault_ids(term))
