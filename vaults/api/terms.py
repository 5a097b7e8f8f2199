"""The figures that vaults go by, for everybody, and what a vault would be after this or that."""

from django.utils import timezone

from access.errors import DomainError
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from vaults.api.documents import OneTermsDocument, PreviewDocument
from vaults.api.forms import PreviewQuery
from vaults.api.vaults import TAGS, vault_named
from vaults.previewing import Thought, preview, standing_seen, withdrawal_fee_sats
from vaults.rendering import Shown, render_standing, render_terms
from vaults.rules.texts import bitcoin
from vaults.selectors import VaultView, surroundings
from vaults.services.figures import version_in_force

PREVIEW_COST = 2


class TermsEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="The terms of vaults",
        answers={200: OneTermsDocument},
        cost=PREVIEW_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """What a vault that is opened now keeps, what changes for all, and whether dollars are minted now."""
        return ApiAnswer({"terms": render_terms(version_in_force(), surroundings(timezone.now()))})


class PreviewEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What a vault would be",
        query=PreviewQuery,
        answers={200: PreviewDocument},
        cost=PREVIEW_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """After bitcoin is added, debt repaid, dollars minted and bitcoin withdrawn, in this order and as far
        as each is given; at the price as it is, or at another one. Nothing is done."""
        vault, query = vault_named(request, vault_id), request.query
        fee_sats = withdrawal_fee_sats(vault, query["withdraw"] or 0)
        thought = Thought(
            add_sats=query["add"] or 0,
            repay_atoms=query["repay"] or 0,
            mint_atoms=query["mint"] or 0,
            withdraw_sats=query["withdraw"] or 0,
            fee_sats=fee_sats,
            price_e8=query["price"],
        )
        seen = preview(vault, thought, timezone.now())
        return ApiAnswer(
            {
                "before": _shown(seen.before),
                "after": _shown(seen.after),
                "fee": bitcoin(fee_sats),
                "refusal": None if seen.refusal is None else _refusal(seen.refusal),
            }
        )


def _shown(view: VaultView) -> Shown:
    return {**render_standing(view), "standing": standing_seen(view)}


def _refusal(error: DomainError) -> Shown:
    return {
        "code": error.code,
        "message": error.message,
        "field": error.field,
        "details": dict(error.details),
    }
