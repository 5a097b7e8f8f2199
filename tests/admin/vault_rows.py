"""A vault of dora's with a row in nearly every table of vaults."""

from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from access.models import Role
from access.roles import set_role
from access.services import Origin
from custody.models import FeeEstimate
from ledger.services import seed_assets
from tests.vaults.support.rows import E8, credit_coin, funded_vault, later, mint_row
from vaults.models import CoinCursor, CollateralWithdrawal, Operation, Vault, VaultCoin
from vaults.reserves.snapshots import take_snapshot
from vaults.rules.statuses import CoinStatus
from vaults.services.accruing import accrue
from vaults.services.figures import approve_figures, propose_figures

OUTSIDE = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
SENT_TXID = "cd" * 32


def by(name: str) -> Origin:
    return Origin(User.objects.get_or_create(username=name)[0].pk)


def vault_rows() -> Vault:
    seed_assets()
    vault = funded_vault("dora", debt=2_000 * E8, label="For the house")
    accrue(later(3_600))
    mint_row(vault, 500 * E8, later(3_601))
    credit_coin(vault, E8, later(3_602))
    proposal = propose_figures(changes={"debt_floor_atoms": 5 * E8}, origin=by("ottilie"), reason="less")
    approve_figures(proposal_id=proposal.pk, origin=by("oscar"), reason="agreed", now=later(3_660))
    propose_figures(changes={"stability_fee_ppm": 30_000}, origin=by("ottilie"), reason="more")
    now = timezone.now()
    CollateralWithdrawal.objects.create(
        id=UUID(int=7 << 64),
        vault=vault,
        kind="WITHDRAW",
        status="CANCELED",
        address=OUTSIDE,
        amount_sats=5,
        fee_sats=1,
        spend_id=10**9,
        psbt="cHNidP8=",
        txid=SENT_TXID,
        created_at=now,
        changed_at=now,
    )
    Operation.objects.create(
        actor=vault.owner, key="deed-1", kind="MINT", vault=vault, content={}, answer={}, created_at=now
    )
    CoinCursor.objects.get_or_create(pk=1)
    FeeEstimate.objects.get_or_create(pk=1, defaults={"rate": 2_000, "at": now})
    take_snapshot(now)
    set_role(user_id=vault.owner_id, role=Role.KEEPER, origin=by("ottilie"), reason="asked for")
    assert VaultCoin.objects.filter(status=CoinStatus.CREDITED).count() == 2
    vault.refresh_from_db()
    return vault
