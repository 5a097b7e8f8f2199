"""Where to pay bitcoin to, and what became of what was paid."""

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.pagination import page_read
from access.parsing import parse_number
from custody.api.admitting import require_bitcoin
from custody.api.documents import DepositAddressDocument, DepositsDocument, OneDepositDocument
from custody.api.forms import AssetQuery, DepositsQuery
from custody.bitcoin.types import Network
from custody.errors import DepositNotFound
from custody.models import Deposit
from custody.rendering import ASSET, bitcoin, render_deposit
from custody.rules.confirmations import SMALL_SATS, required
from custody.rules.terms import BITCOIN_SATS
from custody.selectors import deposit_rows, views_of
from custody.selectors_terms import terms_in_force
from custody.services.wallet_keys import network
from custody.services.wallets import deposit_address

TAGS = ["bitcoin"]


class DepositAddressEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="My address for deposits",
        query=AssetQuery,
        answers={200: DepositAddressDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """Always the same one. What comes to it arrives in the funding wallet once it is deep enough."""
        require_bitcoin(request.query["asset"])
        address = deposit_address(request.caller.user_id).address
        return ApiAnswer(
            {
                "asset": ASSET,
                "network": network().value,
                "address": address,
                "minimum": bitcoin(terms_in_force().min_deposit_sats),
                "confirmations": _confirmations(network()),
            }
        )


class DepositsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="My deposits, latest first",
        query=DepositsQuery,
        answers={200: DepositsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        rows = deposit_rows(request.caller.user_id)
        if request.query["status"] is not None:
            rows = rows.filter(status=request.query["status"])

        def read(before: int | None, limit: int) -> list[Deposit]:
            older = rows if before is None else rows.filter(pk__lt=before)
            return list(older.order_by("-pk")[:limit])

        page = page_read(read, request.query)
        shown = [render_deposit(view) for view in views_of(page.rows)]
        return ApiAnswer({"deposits": shown, "next_cursor": page.next_cursor})


class DepositEndpoint(AsyncEndpoint):
    @operation(scope=Scope.READ, summary="See one deposit", answers={200: OneDepositDocument}, tags=TAGS)
    def get(self, request: ApiRequest, deposit_id: str) -> ApiAnswer:
        number = parse_number(deposit_id, field="deposit_id", absent=DepositNotFound)
        found = deposit_rows(request.caller.user_id).filter(pk=number).first()
        if found is None:
            raise DepositNotFound
        [view] = views_of([found])
        return ApiAnswer({"deposit": render_deposit(view)})


def _confirmations(where: Network) -> list[dict[str, object]]:
    steps = [(SMALL_SATS - 1, SMALL_SATS - 1), (BITCOIN_SATS, BITCOIN_SATS), (None, BITCOIN_SATS + 1)]
    table: list[dict[str, object]] = []
    for up_to, sats in steps:
        needed = required(sats, where)
        if table and table[-1]["confirmations"] == needed:
            table.pop()
        table.append({"up_to": None if up_to is None else bitcoin(up_to), "confirmations": needed})
    return table
