"""Operations about reserves. Generated: do not edit."""

from collections.abc import AsyncIterator

from ballast_sdk.calls import Call, Repeat, given, segment
from ballast_sdk.models.reserves import Proof, Reserves, ReserveVault, ReserveVaults, Snapshot, Snapshots
from ballast_sdk.pages import async_rows_of
from ballast_sdk.sending import AsyncGroup


class AsyncReservesApi(AsyncGroup):
    """What is owed, and what stands behind it; for everybody."""

    async def summary(self) -> Reserves:
        """See the reserves.

        What is owed in each asset and what stands behind it, all vaults together, what must always be true
        and when that was last looked at, and the newest snapshot.
        """
        return await self._send(
            Call[Reserves]("GET", "/api/v1/reserves", {200: Reserves}, repeat=Repeat.ALWAYS, signed=False)
        )

    async def proof(self, *, snapshot: int | None = None) -> Proof:
        """Prove that I am among those who are owed.

        My own leaf with its salt, and the path to the root. Leaves are kept for 30 days, and of the first
        snapshot of each day for 400.
        """
        return await self._send(
            Call[Proof](
                "GET",
                "/api/v1/reserves/proof",
                {200: Proof},
                query=given(snapshot=snapshot),
                repeat=Repeat.ALWAYS,
            )
        )

    def snapshots(self, *, page_size: int | None = None) -> AsyncIterator[Snapshot]:
        """List snapshots, latest first.

        There is one of each hour. Roots stay for ever.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.snapshots_page(cursor=cursor, limit=page_size), lambda page: page.snapshots
        )

    async def snapshots_page(self, *, cursor: str | None = None, limit: int | None = None) -> Snapshots:
        """List snapshots, latest first. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[Snapshots](
                "GET",
                "/api/v1/reserves/snapshots",
                {200: Snapshots},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    async def snapshot(self, snapshot_id: str) -> Snapshot:
        """See one snapshot."""
        return await self._send(
            Call[Snapshot](
                "GET",
                f"/api/v1/reserves/snapshots/{segment(snapshot_id)}",
                {200: Snapshot},
                member="snapshot",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def vaults(self, *, page_size: int | None = None) -> AsyncIterator[ReserveVault]:
        """List vaults with their coins.

        In no order that means anything, without those that were never funded or are closed.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.vaults_page(cursor=cursor, limit=page_size), lambda page: page.vaults
        )

    async def vaults_page(self, *, cursor: str | None = None, limit: int | None = None) -> ReserveVaults:
        """List vaults with their coins. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[ReserveVaults](
                "GET",
                "/api/v1/reserves/vaults",
                {200: ReserveVaults},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    async def vault(self, vault_id: str) -> ReserveVault:
        """See one vault with its coins."""
        return await self._send(
            Call[ReserveVault](
                "GET",
                f"/api/v1/reserves/vaults/{segment(vault_id)}",
                {200: ReserveVault},
                member="vault",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )
