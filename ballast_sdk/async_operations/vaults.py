"""Operations about vaults. Generated: do not edit."""

from collections.abc import AsyncIterator

from ballast_sdk.calls import Amount, Call, Repeat, given, segment
from ballast_sdk.models.vaults import (
    CollateralWithdrawal,
    CollateralWithdrawals,
    Preview,
    Terms,
    Vault,
    VaultCoin,
    VaultDeposits,
    VaultEvent,
    VaultExport,
    VaultMint,
    VaultRepayment,
    Vaults,
    VaultSaving,
)
from ballast_sdk.pages import async_rows_of
from ballast_sdk.sending import AsyncGroup
from ballast_sdk.signing import fresh_id


class AsyncVaultsApi(AsyncGroup):
    """Dollars minted against one's own bitcoin."""

    def find(self, *, page_size: int | None = None) -> AsyncIterator[Vault]:
        """My vaults, latest first.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.find_page(cursor=cursor, limit=page_size), lambda page: page.vaults
        )

    async def find_page(self, *, cursor: str | None = None, limit: int | None = None) -> Vaults:
        """My vaults, latest first. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[Vaults](
                "GET",
                "/api/v1/vaults",
                {200: Vaults},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
            )
        )

    async def open(
        self, *, key: str, proof: str, time: int, label: str | None = None, idempotency_key: str | None = None
    ) -> Vault:
        """Open a vault.

        With an account key of one's own, proved by a signature. What is paid to its address becomes
        collateral.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[Vault](
                "POST",
                "/api/v1/vaults",
                {201: Vault},
                member="vault",
                body=given(key=key, proof=proof, time=time, label=label),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    async def get(self, vault_id: str) -> Vault:
        """See one vault.

        With what follows from the price of this moment.
        """
        return await self._send(
            Call[Vault](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}",
                {200: Vault},
                member="vault",
                repeat=Repeat.ALWAYS,
            )
        )

    async def close(
        self, vault_id: str, *, address: str, idempotency_key: str | None = None
    ) -> CollateralWithdrawal | None:
        """Close a vault.

        One that owes nothing: all that is in it goes to the address, by a PSBT that the owner signs. It is
        CLOSED when that is deep enough in the chain; one without bitcoin at once.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[CollateralWithdrawal | None](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/close",
                {200: CollateralWithdrawal | None},
                member="withdrawal",
                body=given(address=address),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    def deposits(self, vault_id: str, *, page_size: int | None = None) -> AsyncIterator[VaultCoin]:
        """What was paid to a vault, latest first.

        Output by output, change of its own withdrawals too.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.deposits_page(vault_id, cursor=cursor, limit=page_size),
            lambda page: page.deposits,
        )

    async def deposits_page(
        self, vault_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> VaultDeposits:
        """What was paid to a vault, latest first. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[VaultDeposits](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}/deposits",
                {200: VaultDeposits},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
            )
        )

    async def events(
        self, vault_id: str, *, after: int | None = None, limit: int | None = None
    ) -> list[VaultEvent]:
        """What became of a vault, oldest first.

        Those after a version, which the last of them gives for the next page.

        after: 0 if left out.
        limit: 50 if left out.
        """
        return await self._send(
            Call[list[VaultEvent]](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}/events",
                {200: list[VaultEvent]},
                member="events",
                query=given(after=after, limit=limit),
                repeat=Repeat.ALWAYS,
            )
        )

    async def export(self, vault_id: str) -> VaultExport:
        """What recovers a vault without the house.

        It holds no secret. Keep it apart from the private key.
        """
        return await self._send(
            Call[VaultExport](
                "GET", f"/api/v1/vaults/{segment(vault_id)}/export", {200: VaultExport}, repeat=Repeat.ALWAYS
            )
        )

    async def mint(
        self,
        vault_id: str,
        *,
        amount: Amount,
        min_ratio: Amount | None = None,
        max_debt: Amount | None = None,
        idempotency_key: str | None = None,
    ) -> VaultMint:
        """Mint dollars.

        They are in the funding wallet with the answer. Judged by the lower of price minus confidence and
        the time-weighted average.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[VaultMint](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/mint",
                {200: VaultMint},
                member="minted",
                body=given(amount=amount, min_ratio=min_ratio, max_debt=max_debt),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    async def preview(
        self,
        vault_id: str,
        *,
        add: Amount | None = None,
        mint: Amount | None = None,
        price: Amount | None = None,
        repay: Amount | None = None,
        withdraw: Amount | None = None,
    ) -> Preview:
        """What a vault would be.

        After bitcoin is added, debt repaid, dollars minted and bitcoin withdrawn, in this order and as far
        as each is given; at the price as it is, or at another one. Nothing is done.
        """
        return await self._send(
            Call[Preview](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}/preview",
                {200: Preview},
                query=given(add=add, mint=mint, price=price, repay=repay, withdraw=withdraw),
                repeat=Repeat.ALWAYS,
            )
        )

    async def repay(
        self,
        vault_id: str,
        *,
        amount: Amount | None = None,
        all: bool | None = None,
        idempotency_key: str | None = None,
    ) -> VaultRepayment:
        """Repay the debt of a vault.

        Out of the caller's funding wallet, whosever vault it is and whatever the oracle says. Never more
        than is owed is taken.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[VaultRepayment](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/repay",
                {200: VaultRepayment},
                member="repaid",
                body=given(amount=amount, all=all),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    async def save(
        self,
        vault_id: str,
        *,
        repay: Amount | None = None,
        deposit: Amount | None = None,
        code: str | None = None,
        idempotency_key: str | None = None,
    ) -> VaultSaving:
        """Save a vault: repay, add bitcoin, or both.

        Both or neither. A deposit leaves the house's wallet like any withdrawal, to the vault's address,
        which stands on the owner's list; it takes a key that may withdraw, and a code.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[VaultSaving](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/save",
                {200: VaultSaving},
                member="saved",
                body=given(repay=repay, deposit=deposit, code=code),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    async def withdraw(
        self,
        vault_id: str,
        *,
        amount: Amount,
        address: str,
        min_ratio: Amount | None = None,
        idempotency_key: str | None = None,
    ) -> CollateralWithdrawal:
        """Withdraw bitcoin from a vault.

        Gives the PSBT that the owner signs. Amount and fee leave the collateral at once; one that nobody
        signs for a day is taken back.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return await self._send(
            Call[CollateralWithdrawal](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/withdraw",
                {201: CollateralWithdrawal},
                member="withdrawal",
                body=given(amount=amount, address=address, min_ratio=min_ratio),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    def withdrawals(
        self, vault_id: str, *, page_size: int | None = None
    ) -> AsyncIterator[CollateralWithdrawal]:
        """A vault's withdrawals, latest first.

        With the PSBT of each that waits for its owner's signature.

        page_size: How many come at once.
        """
        return async_rows_of(
            lambda cursor: self.withdrawals_page(vault_id, cursor=cursor, limit=page_size),
            lambda page: page.withdrawals,
        )

    async def withdrawals_page(
        self, vault_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> CollateralWithdrawals:
        """A vault's withdrawals, latest first. One page.

        limit: 50 if left out.
        """
        return await self._send(
            Call[CollateralWithdrawals](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}/withdrawals",
                {200: CollateralWithdrawals},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
            )
        )

    async def withdrawal(self, vault_id: str, withdrawal_id: str) -> CollateralWithdrawal:
        """See one withdrawal of a vault."""
        return await self._send(
            Call[CollateralWithdrawal](
                "GET",
                f"/api/v1/vaults/{segment(vault_id)}/withdrawals/{segment(withdrawal_id)}",
                {200: CollateralWithdrawal},
                member="withdrawal",
                repeat=Repeat.ALWAYS,
            )
        )

    async def cancel_withdrawal(self, vault_id: str, withdrawal_id: str) -> CollateralWithdrawal:
        """Take a vault's withdrawal back.

        While its owner has not signed it. Amount and fee are collateral again with the answer.
        """
        return await self._send(
            Call[CollateralWithdrawal](
                "DELETE",
                f"/api/v1/vaults/{segment(vault_id)}/withdrawals/{segment(withdrawal_id)}",
                {200: CollateralWithdrawal},
                member="withdrawal",
            )
        )

    async def sign(self, vault_id: str, withdrawal_id: str, *, psbt: str) -> CollateralWithdrawal:
        """Hand in the owner's signature.

        The planned PSBT with the owner's signatures and nothing else changed. The same again changes
        nothing. The house signs last and tells the network.
        """
        return await self._send(
            Call[CollateralWithdrawal](
                "POST",
                f"/api/v1/vaults/{segment(vault_id)}/withdrawals/{segment(withdrawal_id)}/sign",
                {200: CollateralWithdrawal},
                member="withdrawal",
                body=given(psbt=psbt),
            )
        )

    async def terms(self) -> Terms:
        """The terms of vaults.

        What a vault that is opened now keeps, what changes for all, and whether dollars are minted now.
        """
        return await self._send(
            Call[Terms](
                "GET",
                "/api/v1/vaults/terms",
                {200: Terms},
                member="terms",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )
