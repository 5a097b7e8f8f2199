"""A vault's debt over HTTP: made, paid back, and the vault saved in one call."""

from uuid import UUID

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.idempotency import once_async
from access.key_errors import Forbidden
from access.parsing import parse_uuid
from vaults.api.documents import MintedDocument, RepaidDocument, SavedDocument
from vaults.api.forms import MintForm, RepayForm, SaveForm
from vaults.api.vaults import TAGS, asker_of
from vaults.asking import ask_mint, ask_repay, ask_save
from vaults.errors import VaultNotFound


def _id(vault_id: str) -> UUID:
    return parse_uuid(vault_id, absent=VaultNotFound)


class MintEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Mint dollars",
        body=MintForm,
        answers={200: MintedDocument},
        idempotent=True,
        tags=TAGS,
        example={"amount": "1000", "min_ratio": "2.0"},
    )
    async def post(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """They are in the funding wallet with the answer. Judged by the lower of price minus confidence and
        the time-weighted average."""
        return await once_async(
            request, lambda: ApiAnswer(ask_mint(asker_of(request), _id(vault_id), request.body))
        )


class RepayEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Repay the debt of a vault",
        body=RepayForm,
        answers={200: RepaidDocument},
        idempotent=True,
        tags=TAGS,
        example={"amount": "500"},
    )
    async def post(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """Out of the caller's funding wallet, whosever vault it is and whatever the oracle says. Never more
        than is owed is taken."""
        return await once_async(
            request, lambda: ApiAnswer(ask_repay(asker_of(request), _id(vault_id), request.body))
        )


class SaveEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Save a vault: repay, add bitcoin, or both",
        body=SaveForm,
        answers={200: SavedDocument},
        idempotent=True,
        tags=TAGS,
        example={"repay": "500"},
    )
    async def post(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """Both or neither. A deposit leaves the house's wallet like any withdrawal, to the vault's address,
        which stands on the owner's list; it takes a key that may withdraw, and a code."""
        if request.body["deposit"] is not None and Scope.WITHDRAW not in request.caller.scopes:
            raise Forbidden("The key lacks the scope withdraw.", scope=str(Scope.WITHDRAW))
        return await once_async(
            request, lambda: ApiAnswer(ask_save(asker_of(request), _id(vault_id), request.body))
        )
