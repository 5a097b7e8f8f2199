"""One's own money: balances, fills, and transfers between the funding wallet and the trading account."""

from access.errors import OutOfRange
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.idempotency import idempotency_key, once_async, once_awaiting
from access.pagination import PageQuery, page_of
from access.parsing import parse_number
from access.threads import in_thread
from exchange.api.order_documents import FillsDocument
from exchange.api.queries import FillsQuery, pair_cursor
from exchange.api.wallet_documents import (
    BalancesDocument,
    FaucetDocument,
    OneTransferDocument,
    TransfersDocument,
)
from exchange.api.wallet_forms import FaucetForm, TransferForm
from exchange.errors import OrderNotFound, SameWallet, TransferNotFound
from exchange.models import Order
from exchange.order_facts import fills_of_trade
from exchange.rendering import render_fill
from exchange.rules import TransferDirection, TransferStatus
from exchange.selectors import (
    fills_of,
    find_market,
    market_by_id,
    order_by_id,
    wallet_transfer,
    wallet_transfers_of,
)
from exchange.transferring import amount_atoms, transfer
from exchange.wallets import holdings_of, render_holdings, render_transfer
from ledger.money import format_atoms
from ledger.selectors import assets
from ledger.services import issue_demo_funds

TAGS = ["wallet"]
FAUCET_LIMIT_ATOMS = 10**15


class BalancesEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ, summary="My money, wallet by wallet", answers={200: BalancesDocument}, tags=TAGS
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"balances": render_holdings(holdings_of(request.caller.user_id))})


class FillsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="My fills, latest first",
        query=FillsQuery,
        answers={200: FillsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        query, account = request.query, request.caller.user_id
        market = find_market(query["market"]) if query["market"] else None
        order = _order(account, query["order_id"])
        trades = fills_of(
            account=account,
            market_id=market.id if market else None,
            before=query["cursor"],
            limit=query["limit"] + 1,
            order=order,
        )
        shown = trades[: query["limit"]]
        last = shown[-1] if len(trades) > len(shown) else None
        return ApiAnswer(
            {
                "fills": [
                    render_fill(fill, market_by_id(trade.market_id))
                    for trade in shown
                    for fill in fills_of_trade(trade, account)
                    if order is None or fill.order_id == order.id
                ],
                "next_cursor": pair_cursor(last.timestamp_ns, last.id) if last else None,
            }
        )


class TransfersEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Move money between funding wallet and trading account",
        body=TransferForm,
        answers={200: OneTransferDocument, 202: OneTransferDocument},
        idempotent=True,
        tags=TAGS,
        example={"asset": "BTC", "amount": "0.5", "from_wallet": "FUNDING", "to_wallet": "TRADING"},
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """200 when the engine has it, 202 while it is on its way: it will arrive or be refused by itself."""
        return await once_awaiting(request, lambda: _transfer(request))

    @operation(
        scope=Scope.READ,
        summary="My transfers, latest first",
        query=PageQuery,
        answers={200: TransfersDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        page = page_of(wallet_transfers_of(user_id=request.caller.user_id), request.query)
        shown = [render_transfer(row) for row in page.rows]
        return ApiAnswer({"transfers": shown, "next_cursor": page.next_cursor})


class TransferEndpoint(AsyncEndpoint):
    @operation(scope=Scope.READ, summary="See one transfer", answers={200: OneTransferDocument}, tags=TAGS)
    def get(self, request: ApiRequest, transfer_id: str) -> ApiAnswer:
        number = parse_number(transfer_id, field="transfer_id", absent=TransferNotFound)
        found = wallet_transfer(user_id=request.caller.user_id, transfer_id=number)
        if found is None:
            raise TransferNotFound
        return ApiAnswer({"transfer": render_transfer(found)})


class FaucetEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Play money into the funding wallet (demo mode only)",
        body=FaucetForm,
        answers={200: FaucetDocument},
        idempotent=True,
        tags=TAGS,
        example={"asset": "USDB", "amount": "1000"},
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return await once_async(request, lambda: _issue(request))


def _order(account: int, order_id: int | None) -> Order | None:
    """None where no order was asked for. Raises OrderNotFound."""
    if order_id is None:
        return None
    order = order_by_id(account=account, order_id=order_id)
    if order is None:
        raise OrderNotFound(field="order_id")
    return order


async def _transfer(request: ApiRequest) -> ApiAnswer:
    body = request.body
    if body["from_wallet"] == body["to_wallet"]:
        raise SameWallet(field="to_wallet")
    inward = body["to_wallet"] == "TRADING"
    done = await transfer(
        user_id=request.caller.user_id,
        asset=body["asset"],
        amount=body["amount"],
        direction=TransferDirection.TO_TRADING if inward else TransferDirection.TO_FUNDING,
        shard=body["shard"],
        key=idempotency_key(request),
    )
    status = 202 if done.status == TransferStatus.PENDING else 200
    return ApiAnswer({"transfer": await in_thread(render_transfer, done)}, status=status)


def _issue(request: ApiRequest) -> ApiAnswer:
    asset, user_id = request.body["asset"], request.caller.user_id
    atoms = amount_atoms(asset, request.body["amount"])
    if atoms > FAUCET_LIMIT_ATOMS:
        raise OutOfRange("The faucet gives less at a time.", field="amount")
    key = f"faucet:{user_id}:{idempotency_key(request)}"
    issue_demo_funds(owner_id=user_id, asset=asset, amount_atoms=atoms, key=key)
    holding = next(row for row in render_holdings(holdings_of(user_id)) if row["asset"] == asset)
    return ApiAnswer(
        {
            "asset": asset,
            "amount": format_atoms(atoms, assets()[asset].decimals),
            "funding_available": holding["funding_available"],
        }
    )
