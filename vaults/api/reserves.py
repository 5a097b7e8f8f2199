"""Proof of reserves: for everybody what is owed and what stands behind it, for each his own leaf."""

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.pagination import PageQuery, page_of
from access.parsing import parse_number, parse_uuid
from oracle.selectors import price_for_display
from vaults.api.reserve_documents import (
    OneReserveVaultDocument,
    OneSnapshotDocument,
    ProofDocument,
    ReservesDocument,
    ReserveVaultsDocument,
    SnapshotsDocument,
)
from vaults.api.reserve_forms import ProofQuery, ReserveVaultsQuery
from vaults.errors import VaultNotFound
from vaults.models import ReserveSnapshot
from vaults.reserves.errors import SnapshotNotFound
from vaults.reserves.proofs import proof_of, snapshot_of
from vaults.reserves.rendering import render_proof, render_public_vault, render_snapshot
from vaults.reserves.summary import decimals_of_assets, now_ms, summary
from vaults.reserves.vault_pages import public_vault, public_vaults

TAGS = ["reserves"]
VAULTS_COST, VAULT_COST = 10, 3
PROOF_COST = 40  # 2,000 nodes are hashed for it, and one of a snapshot is enough


class ReservesEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="See the reserves", answers={200: ReservesDocument}, tags=TAGS)
    def get(self, request: ApiRequest) -> ApiAnswer:
        """What is owed in each asset and what stands behind it, all vaults together, what must always be true
        and when that was last looked at, and the newest snapshot."""
        return ApiAnswer(summary.get())


class ReserveVaultsEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List vaults with their coins",
        query=ReserveVaultsQuery,
        answers={200: ReserveVaultsDocument},
        cost=VAULTS_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """In no order that means anything, without those that were never funded or are closed."""
        limit = request.query["limit"]
        price_e8 = price_for_display(now_ms=now_ms()).price_e8
        found = public_vaults(request.query["cursor"], limit + 1, price_e8)
        shown = found[:limit]
        cursor = shown[-1].vault.pk.hex if len(found) > limit else None
        return ApiAnswer({"vaults": [render_public_vault(one) for one in shown], "next_cursor": cursor})


class ReserveVaultEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="See one vault with its coins",
        answers={200: OneReserveVaultDocument},
        cost=VAULT_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        price_e8 = price_for_display(now_ms=now_ms()).price_e8
        found = public_vault(parse_uuid(vault_id, absent=VaultNotFound), price_e8)
        return ApiAnswer({"vault": render_public_vault(found)})


class SnapshotsEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List snapshots, latest first",
        query=PageQuery,
        answers={200: SnapshotsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """There is one of each hour. Roots stay for ever."""
        page, decimals = page_of(ReserveSnapshot.objects.all(), request.query), decimals_of_assets()
        shown = [render_snapshot(row, decimals) for row in page.rows]
        return ApiAnswer({"snapshots": shown, "next_cursor": page.next_cursor})


class SnapshotEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="See one snapshot", answers={200: OneSnapshotDocument}, tags=TAGS)
    def get(self, request: ApiRequest, snapshot_id: str) -> ApiAnswer:
        number = parse_number(snapshot_id, field="snapshot_id", absent=SnapshotNotFound)
        return ApiAnswer({"snapshot": render_snapshot(snapshot_of(number), decimals_of_assets())})


class ProofEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="Prove that I am among those who are owed",
        query=ProofQuery,
        answers={200: ProofDocument},
        cost=PROOF_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """My own leaf with its salt, and the path to the root. Leaves are kept for 30 days, and of the first
        snapshot of each day for 400."""
        found = proof_of(request.caller.user_id, request.query["snapshot"])
        return ApiAnswer(render_proof(found, decimals_of_assets()))
