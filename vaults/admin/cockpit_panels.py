"""What vaults know of a customer: each vault with what it owes, its ratio and what is on its way out."""

from access.cockpit import Panel, PanelSource
from access.cockpit_links import list_url, minute, row_link
from vaults.admin import units
from vaults.models import CollateralWithdrawal, Vault

SHOWN = 10


def vaults(user_id: int) -> Panel:
    rows = Vault.objects.filter(owner_id=user_id).select_related("figures").order_by("-created_at")
    return Panel(
        head=["opened", "label", "state", "collateral", "debt", "ratio now", "liquidated below"],
        rows=[
            [
                row_link(one, minute(one.created_at)),
                one.label,
                one.status,
                units.amount_of_bitcoin(one.collateral_sats),
                units.amount_of_dollars(units.view(one).debt_atoms),
                units.ratio(units.view(one).ratio_ppm),
                units.price(units.view(one).liquidation_price_e8),
            ]
            for one in rows[:SHOWN]
        ],
        more_url=list_url(Vault, q=user_id),
    )


def outgoing(user_id: int) -> Panel:
    rows = CollateralWithdrawal.objects.filter(vault__owner_id=user_id).order_by("-created_at")
    return Panel(
        head=["asked", "amount", "to", "state"],
        rows=[
            [
                row_link(one, minute(one.created_at)),
                units.amount_of_bitcoin(one.amount_sats),
                one.address,
                one.status,
            ]
            for one in rows[:SHOWN]
        ],
    )


PANELS = (
    PanelSource("vaults", "Vaults", "vaults.view_vault", vaults),
    PanelSource("outgoing_collateral", "Bitcoin out of vaults", "vaults.view_collateralwithdrawal", outgoing),
)
