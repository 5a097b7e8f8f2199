"""Who let bitcoin out of a vault, by which key and from where: the audit trail has it, events have not."""

from access.services import Origin, record_audit
from vaults.models import CollateralWithdrawal, Vault

SYSTEM = Origin()  # nobody's deed: no person and no key


def note_withdrawal(origin: Origin, what: str, row: CollateralWithdrawal) -> None:
    """`what` became of it. Last in the caller's transaction, for it holds the trail until that ends."""
    record_audit(
        origin=origin,
        action=f"vault.withdrawal_{what}",
        subject=f"vault:{row.vault_id}",
        after={
            "withdrawal": str(row.pk),
            "kind": str(row.kind),
            "address": row.address,
            "amount_sats": row.amount_sats,
            "fee_sats": row.fee_sats,
        },
    )


def note_close(origin: Origin, vault: Vault) -> None:
    """Of one from which nothing is sent now."""
    record_audit(
        origin=origin, action="vault.closed", subject=vault.stream, after={"status": str(vault.status)}
    )
