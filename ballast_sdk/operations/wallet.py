"""Operations about wallet. Generated: do not edit."""

from collections.abc import Iterator

from ballast_sdk.calls import Amount, Call, Repeat, given, segment
from ballast_sdk.models.choices import Wallet
from ballast_sdk.models.shared import Fill
from ballast_sdk.models.wallet import (
    Balance,
    Faucet,
    FeeTier,
    Fills,
    LedgerStatement,
    Posting,
    TradeRow,
    TradeStatement,
    Transfer,
    Transfers,
)
from ballast_sdk.pages import rows_of
from ballast_sdk.sending import Group
from ballast_sdk.signing import fresh_id


class WalletApi(Group):
    """One's own money and what moved it."""

    def balances(self) -> list[Balance]:
        """My money, wallet by wallet."""
        return self._send(
            Call[list[Balance]](
                "GET", "/api/v1/balances", {200: list[Balance]}, member="balances", repeat=Repeat.ALWAYS
            )
        )

    def faucet(self, *, asset: str, amount: Amount, idempotency_key: str | None = None) -> Faucet:
        """Play money into the funding wallet (demo mode only).

        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return self._send(
            Call[Faucet](
                "POST",
                "/api/v1/faucet",
                {200: Faucet},
                body=given(asset=asset, amount=amount),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    def fee_tier(self) -> FeeTier:
        """My fee tier, volume and rates.

        The volume of the last 30 days counts by quote asset, as maker and as taker, over all markets. It is
        at most a minute old, and tiers follow it within the hour.
        """
        return self._send(Call[FeeTier]("GET", "/api/v1/fee-tier", {200: FeeTier}, repeat=Repeat.ALWAYS))

    def fills(
        self, *, market: str | None = None, order_id: str | None = None, page_size: int | None = None
    ) -> Iterator[Fill]:
        """My fills, latest first.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.fills_page(market=market, order_id=order_id, cursor=cursor, limit=page_size),
            lambda page: page.fills,
        )

    def fills_page(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        market: str | None = None,
        order_id: str | None = None,
    ) -> Fills:
        """My fills, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[Fills](
                "GET",
                "/api/v1/fills",
                {200: Fills},
                query=given(cursor=cursor, limit=limit, market=market, order_id=order_id),
                repeat=Repeat.ALWAYS,
            )
        )

    def ledger_statement(
        self, *, end: int | None = None, start: int | None = None, page_size: int | None = None
    ) -> Iterator[Posting]:
        """Everything that moved through my wallets, latest first.

        Each posting of the ledger in [start, end), with its wallet's balance after it. A transfer between
        two wallets of one's own is two postings. TRADE is the net of all trades of one batch of the engine,
        whose shard and last command its reference begins with; the single trades are in their own
        statement. With format=csv or Accept: text/csv it is whole, without limit and cursor.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.ledger_statement_page(end=end, start=start, cursor=cursor, limit=page_size),
            lambda page: page.postings,
        )

    def ledger_statement_page(
        self,
        *,
        cursor: str | None = None,
        end: int | None = None,
        limit: int | None = None,
        start: int | None = None,
    ) -> LedgerStatement:
        """Everything that moved through my wallets, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[LedgerStatement](
                "GET",
                "/api/v1/statements/ledger",
                {200: LedgerStatement},
                query=given(cursor=cursor, end=end, limit=limit, start=start),
                repeat=Repeat.ALWAYS,
            )
        )

    def ledger_statement_csv(self, *, end: int | None = None, start: int | None = None) -> bytes:
        """Everything that moved through my wallets, latest first. As CSV, whole."""
        return self._send(
            Call[bytes](
                "GET",
                "/api/v1/statements/ledger",
                {200: bytes},
                query=given(end=end, start=start, format="csv"),
                repeat=Repeat.ALWAYS,
                media_type="text/csv",
            )
        )

    def trade_statement(
        self,
        *,
        end: int | None = None,
        market: str | None = None,
        start: int | None = None,
        page_size: int | None = None,
    ) -> Iterator[TradeRow]:
        """My trades with profit and loss, oldest first.

        Each fill in [start, end), and for a sale its cost and profit by average cost, fees included, in the
        market's quote asset. A position is what was bought in a market and not sold there since: moving
        money between wallets changes no position, and what is sold beyond it is uncovered: it has proceeds
        and no profit, because its cost is not known here. Cost of sales is rounded down to the atom; the
        rest stays in the position. With format=csv or Accept: text/csv it is whole, without limit and
        cursor.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.trade_statement_page(
                end=end, market=market, start=start, cursor=cursor, limit=page_size
            ),
            lambda page: page.trades,
        )

    def trade_statement_page(
        self,
        *,
        cursor: str | None = None,
        end: int | None = None,
        limit: int | None = None,
        market: str | None = None,
        start: int | None = None,
    ) -> TradeStatement:
        """My trades with profit and loss, oldest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[TradeStatement](
                "GET",
                "/api/v1/statements/trades",
                {200: TradeStatement},
                query=given(cursor=cursor, end=end, limit=limit, market=market, start=start),
                repeat=Repeat.ALWAYS,
            )
        )

    def trade_statement_csv(
        self, *, end: int | None = None, market: str | None = None, start: int | None = None
    ) -> bytes:
        """My trades with profit and loss, oldest first. As CSV, whole."""
        return self._send(
            Call[bytes](
                "GET",
                "/api/v1/statements/trades",
                {200: bytes},
                query=given(end=end, market=market, start=start, format="csv"),
                repeat=Repeat.ALWAYS,
                media_type="text/csv",
            )
        )

    def transfers(self, *, page_size: int | None = None) -> Iterator[Transfer]:
        """My transfers, latest first.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.transfers_page(cursor=cursor, limit=page_size), lambda page: page.transfers
        )

    def transfers_page(self, *, cursor: str | None = None, limit: int | None = None) -> Transfers:
        """My transfers, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[Transfers](
                "GET",
                "/api/v1/transfers",
                {200: Transfers},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
            )
        )

    def transfer(
        self,
        *,
        asset: str,
        amount: Amount,
        from_wallet: Wallet,
        to_wallet: Wallet,
        shard: int | None = None,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Move money between funding wallet and trading account.

        200 when the engine has it, 202 while it is on its way: it will arrive or be refused by itself.

        shard: Whose markets the trading account is for; needed where several shards trade the asset.
        idempotency_key: Made by the client if left out. A repeat under the same gets the first answer.
        """
        idempotency_key = idempotency_key or fresh_id()
        return self._send(
            Call[Transfer](
                "POST",
                "/api/v1/transfers",
                {200: Transfer, 202: Transfer},
                member="transfer",
                body=given(
                    asset=asset, amount=amount, from_wallet=from_wallet, to_wallet=to_wallet, shard=shard
                ),
                repeat=Repeat.BY_ID,
                repeat_id=idempotency_key,
                idempotency_key=idempotency_key,
            )
        )

    def transfer_by_id(self, transfer_id: str) -> Transfer:
        """See one transfer."""
        return self._send(
            Call[Transfer](
                "GET",
                f"/api/v1/transfers/{segment(transfer_id)}",
                {200: Transfer},
                member="transfer",
                repeat=Repeat.ALWAYS,
            )
        )
