"""Bitcoin out of a vault over HTTP: planned here, signed by its owner anywhere, and the vault's end."""

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.idempotency import once_async
from access.parsing import parse_uuid
from access.services import origin_of
from vaults.api.documents import ClosingDocument, OneCollateralWithdrawalDocument
from vaults.api.forms import SIGN_BODY_BYTES, CloseForm, SignForm, TakeForm
from vaults.api.vaults import TAGS, asker_of, vault_named
from vaults.asking import ask_cancel, ask_close, ask_sign, ask_withdraw
from vaults.errors import VaultNotFound, VaultWithdrawalNotFound
from vaults.rendering import render_withdrawal
from vaults.selectors import withdrawal_of

_ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


class TakeEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.WITHDRAW,
        summary="Withdraw bitcoin from a vault",
        body=TakeForm,
        answers={201: OneCollateralWithdrawalDocument},
        idempotent=True,
        tags=TAGS,
        example={"amount": "0.05", "address": _ADDRESS, "min_ratio": "2.0"},
    )
    async def post(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """Gives the PSBT that the owner signs. Amount and fee leave the collateral at once; one that nobody
        signs for a day is taken back."""
        number = parse_uuid(vault_id, absent=VaultNotFound)
        return await once_async(
            request, lambda: ApiAnswer(ask_withdraw(asker_of(request), number, request.body), status=201)
        )


class CloseEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.WITHDRAW,
        summary="Close a vault",
        body=CloseForm,
        answers={200: ClosingDocument},
        idempotent=True,
        tags=TAGS,
        example={"address": _ADDRESS},
    )
    async def post(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """One that owes nothing: all that is in it goes to the address, by a PSBT that the owner signs. It is
        CLOSED when that is deep enough in the chain; one without bitcoin at once."""
        number = parse_uuid(vault_id, absent=VaultNotFound)
        return await once_async(
            request, lambda: ApiAnswer(ask_close(asker_of(request), number, request.body))
        )


class CollateralWithdrawalEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="See one withdrawal of a vault",
        answers={200: OneCollateralWithdrawalDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str, withdrawal_id: str) -> ApiAnswer:
        vault = vault_named(request, vault_id)
        found = withdrawal_of(vault, parse_uuid(withdrawal_id, absent=VaultWithdrawalNotFound))
        return ApiAnswer({"withdrawal": render_withdrawal(found)})

    @operation(
        scope=Scope.WITHDRAW,
        summary="Take a vault's withdrawal back",
        answers={200: OneCollateralWithdrawalDocument},
        tags=TAGS,
    )
    def delete(self, request: ApiRequest, vault_id: str, withdrawal_id: str) -> ApiAnswer:
        """While its owner has not signed it. Amount and fee are collateral again with the answer."""
        return ApiAnswer(
            ask_cancel(
                request.caller.user_id,
                parse_uuid(vault_id, absent=VaultNotFound),
                parse_uuid(withdrawal_id, absent=VaultWithdrawalNotFound),
                origin_of(request),
            )
        )


class SignEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.WITHDRAW,
        summary="Hand in the owner's signature",
        body=SignForm,
        answers={200: OneCollateralWithdrawalDocument},
        max_body_bytes=SIGN_BODY_BYTES,
        tags=TAGS,
        example={"psbt": "cHNidP8BAH0CAAAAAbxXyy8O"},
    )
    def post(self, request: ApiRequest, vault_id: str, withdrawal_id: str) -> ApiAnswer:
        """The planned PSBT with the owner's signatures and nothing else changed. The same again changes
        nothing. The house signs last and tells the network."""
        return ApiAnswer(
            ask_sign(
                request.caller.user_id,
                parse_uuid(vault_id, absent=VaultNotFound),
                parse_uuid(withdrawal_id, absent=VaultWithdrawalNotFound),
                request.body["psbt"],
                origin_of(request),
            )
        )
