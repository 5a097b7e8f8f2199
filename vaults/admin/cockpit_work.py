"""What of vaults waits for people: frozen ones, withdrawals that a reorg holds, figures by two operators."""

from access.cockpit import Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import deed_url, list_url, row_url, work_of
from vaults.admin import units
from vaults.models import CollateralWithdrawal, FiguresProposal, Vault
from vaults.rules.statuses import VaultStatus, WithdrawalStatus

ANOTHER = "Waits for another operator"


def frozen(operator_id: int) -> Work:
    rows = Vault.objects.filter(status=VaultStatus.FROZEN).select_related("owner", "figures")
    return work_of(rows.order_by("changed_at", "pk"), _frozen)


def _frozen(vault: Vault) -> WorkItem:
    debt_atoms = units.view(vault).debt_atoms
    return WorkItem(
        title=f"Vault of {vault.owner} with {units.amount_of_bitcoin(vault.collateral_sats)} is frozen",
        since=vault.changed_at,
        url=row_url(vault),
        reasons=[
            "A deposit that was credited has left the chain: it waits for what becomes of it",
            f"Owes {units.amount_of_dollars(debt_atoms)}, was {vault.status_before}",
        ],
        urgency=Urgency.SOON if debt_atoms else Urgency.LATER,
    )


def suspended(operator_id: int) -> Work:
    def item(row: CollateralWithdrawal) -> WorkItem:
        amount = units.amount_of_bitcoin(row.amount_sats)
        return WorkItem(
            title=f"Suspended: {amount} out of a vault of {row.vault.owner}",
            since=row.changed_at,
            url=row_url(row),
            reasons=["It spends a coin that has left the chain; its amount is collateral again meanwhile"],
        )

    rows = CollateralWithdrawal.objects.filter(status=WithdrawalStatus.SUSPENDED)
    return work_of(rows.select_related("vault__owner").order_by("created_at", "pk"), item)


def figures(operator_id: int) -> Work:
    def item(row: FiguresProposal) -> WorkItem:
        is_own = row.operator_id == operator_id
        withdraw = ("Withdraw", deed_url(FiguresProposal, "withdraw", row))
        approve = [] if is_own else [("Approve", deed_url(FiguresProposal, "approve", row))]
        return WorkItem(
            title="Other figures of vaults are proposed",
            since=row.created_at,
            url=row_url(row),
            reasons=[*([ANOTHER] if is_own else []), f"{row.operator}: {row.reason}"],
            deeds=[*approve, withdraw],
            urgency=Urgency.LATER if is_own else Urgency.SOON,
        )

    rows = FiguresProposal.objects.filter(ended_at__isnull=True).select_related("operator")
    return work_of(rows.order_by("pk"), item)


WORK = (
    WorkSource(
        name="frozen_vaults",
        title="Frozen vaults",
        permission="vaults.view_vault",
        look=frozen,
        nothing="no vault is frozen",
        all_url=lambda: list_url(Vault, status__exact=VaultStatus.FROZEN.value),
    ),
    WorkSource(
        name="suspended_collateral",
        title="Bitcoin out of vaults that is suspended",
        permission="vaults.view_collateralwithdrawal",
        look=suspended,
        nothing="no withdrawal of collateral is suspended",
        all_url=lambda: list_url(CollateralWithdrawal, status__exact=WithdrawalStatus.SUSPENDED.value),
    ),
    WorkSource(
        name="figures",
        title="Figures of vaults that wait for a second operator",
        permission="vaults.change_figures",
        look=figures,
        nothing="no figures are proposed",
        all_url=lambda: list_url(FiguresProposal),
    ),
)
