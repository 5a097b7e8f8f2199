"""Operations about bitcoin. Generated: do not edit."""

from collections.abc import Iterator

from ballast_sdk.calls import Amount, Call, Repeat, given, segment
from ballast_sdk.models.bitcoin import (
    AllowedAddress,
    Custody,
    Deposit,
    DepositAddress,
    Deposits,
    Withdrawal,
    WithdrawalLimits,
    Withdrawals,
)
from ballast_sdk.models.choices import DepositStatus, WithdrawalStatus
from ballast_sdk.pages import rows_of
from ballast_sdk.sending import Group
from ballast_sdk.signing import fresh_id


class BitcoinApi(Group):
    """Deposits, withdrawals, and who holds the keys."""

    def custody(self) -> Custody:
        """Whose hands the keys are in."""
        return self._send(
            Call[Custody]("GET", "/api/v1/custody", {200: Custody}, repeat=Repeat.ALWAYS, signed=False)
        )

    def deposit_address(self, *, asset: str | None = None) -> DepositAddress:
        """My address for deposits.

        Always the same one. What comes to it arrives in the funding wallet once it is deep enough.
        """
        return self._send(
            Call[DepositAddress](
                "GET",
                "/api/v1/deposit-address",
                {200: DepositAddress},
                query=given(asset=asset),
                repeat=Repeat.ALWAYS,
            )
        )

    def deposits(
        self, *, status: DepositStatus | None = None, page_size: int | None = None
    ) -> Iterator[Deposit]:
        """My deposits, latest first.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.deposits_page(status=status, cursor=cursor, limit=page_size),
            lambda page: page.deposits,
        )

    def deposits_page(
        self, *, cursor: str | None = None, limit: int | None = None, status: DepositStatus | None = None
    ) -> Deposits:
        """My deposits, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[Deposits](
                "GET",
                "/api/v1/deposits",
                {200: Deposits},
                query=given(cursor=cursor, limit=limit, status=status),
                repeat=Repeat.ALWAYS,
            )
        )

    def deposit(self, deposit_id: str) -> Deposit:
        """See one deposit."""
        return self._send(
            Call[Deposit](
                "GET",
                f"/api/v1/deposits/{segment(deposit_id)}",
                {200: Deposit},
                member="deposit",
                repeat=Repeat.ALWAYS,
            )
        )

    def withdrawal_addresses(self) -> list[AllowedAddress]:
        """My addresses for withdrawals."""
        return self._send(
            Call[list[AllowedAddress]](
                "GET",
                "/api/v1/withdrawal-addresses",
                {200: list[AllowedAddress]},
                member="addresses",
                repeat=Repeat.ALWAYS,
            )
        )

    def add_withdrawal_address(self, *, address: str, code: str, label: str | None = None) -> AllowedAddress:
        """Put an address on my list.

        It can be withdrawn to after a day, and every withdrawal is held for a day. A repeat is refused:
        ADDRESS_EXISTS.
        """
        return self._send(
            Call[AllowedAddress](
                "POST",
                "/api/v1/withdrawal-addresses",
                {201: AllowedAddress},
                member="address",
                body=given(address=address, code=code, label=label),
            )
        )

    def remove_withdrawal_address(self, address_id: str) -> list[str]:
        """Take an address off my list.

        At once and without a code. What is on its way there and unsigned is canceled; every withdrawal is
        held for a day.
        """
        return self._send(
            Call[list[str]](
                "DELETE",
                f"/api/v1/withdrawal-addresses/{segment(address_id)}",
                {200: list[str]},
                member="canceled",
            )
        )

    def withdrawal_limits(self, *, asset: str | None = None) -> WithdrawalLimits:
        """What I may withdraw now."""
        return self._send(
            Call[WithdrawalLimits](
                "GET",
                "/api/v1/withdrawal-limits",
                {200: WithdrawalLimits},
                query=given(asset=asset),
                repeat=Repeat.ALWAYS,
            )
        )

    def withdrawals(
        self, *, status: WithdrawalStatus | None = None, page_size: int | None = None
    ) -> Iterator[Withdrawal]:
        """My withdrawals, latest first.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.withdrawals_page(status=status, cursor=cursor, limit=page_size),
            lambda page: page.withdrawals,
        )

    def withdrawals_page(
        self, *, cursor: str | None = None, limit: int | None = None, status: WithdrawalStatus | None = None
    ) -> Withdrawals:
        """My withdrawals, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[Withdrawals](
                "GET",
                "/api/v1/withdrawals",
                {200: Withdrawals},
                query=given(cursor=cursor, limit=limit, status=status),
                repeat=Repeat.ALWAYS,
            )
        )

    def withdraw(
        self,
        *,
        amount: Amount,
        code: str,
        asset: str | None = None,
        address_id: int | None = None,
        address: str | None = None,
        idempotency_key: str | None = None,
    ) -> Withdrawal:
        """Withdraw bitcoin.

        From the funding wallet to an address of one's list. The money is set aside with the answer; what
        becomes of it is seen by asking again.

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return self._send(
            Call[Withdrawal](
                "POST",
                "/api/v1/withdrawals",
                {202: Withdrawal},
                member="withdrawal",
                body=given(amount=amount, code=code, asset=asset, address_id=address_id, address=address),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    def withdrawal(self, withdrawal_id: str) -> Withdrawal:
        """See one withdrawal."""
        return self._send(
            Call[Withdrawal](
                "GET",
                f"/api/v1/withdrawals/{segment(withdrawal_id)}",
                {200: Withdrawal},
                member="withdrawal",
                repeat=Repeat.ALWAYS,
            )
        )

    def cancel_withdrawal(self, withdrawal_id: str) -> Withdrawal:
        """Cancel a withdrawal.

        Until a signer may have been asked. The money is back in the funding wallet with the answer.
        """
        return self._send(
            Call[Withdrawal](
                "DELETE",
                f"/api/v1/withdrawals/{segment(withdrawal_id)}",
                {200: Withdrawal},
                member="withdrawal",
            )
        )
