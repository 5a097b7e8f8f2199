"""Vaults over HTTP: opened and seen, their events, their coins, and what to keep for a recovery."""

import json

from django.utils import timezone

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.idempotency import idempotency_key, once_async
from access.pagination import PageQuery, moment_cursor, page_of
from access.parsing import parse_uuid
from access.services import origin_of
from custody.rules.confirmations import required
from custody.selectors_terms import terms_in_force
from custody.selectors_vaults import facts_position, young_vault_sats
from custody.services.vault_wallets import vault_export
from ledger.streams import events_of
from vaults.api.documents import (
    CollateralWithdrawalsDocument,
    OneVaultDocument,
    VaultDepositsDocument,
    VaultEventsDocument,
    VaultExportDocument,
    VaultsDocument,
)
from vaults.api.forms import EventsQuery, OpenForm, VaultsQuery
from vaults.asking import Asker, ask_open
from vaults.errors import VaultNotFound
from vaults.models import Vault, VaultCoin
from vaults.rendering import render_coin, render_event, render_vault, render_withdrawal
from vaults.rules.statuses import VaultStatus
from vaults.rules.texts import bitcoin
from vaults.selectors import vault_of, view_of, views_of
from vaults.selectors_pages import vault_page, withdrawal_page

TAGS = ["vaults"]
LIST_COST = 2
OPEN_COST = 20  # keys are derived, and a wallet is watched from then on


def asker_of(request: ApiRequest) -> Asker:
    return Asker(request.caller.user_id, idempotency_key(request), origin_of(request))


def vault_named(request: ApiRequest, vault_id: str) -> Vault:
    """The caller's. Raises VaultNotFound."""
    return vault_of(request.caller.user_id, parse_uuid(vault_id, absent=VaultNotFound))


class VaultsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Open a vault",
        body=OpenForm,
        answers={201: OneVaultDocument},
        idempotent=True,
        cost=OPEN_COST,
        tags=TAGS,
        example={
            "key": "[6f53d49c/48h/1h/0h/2h]tpubDEzjBSVNHqoeuHhbcWNfJAiSCdZ5TKPYGXbSoUSKdgVoTeA"
            "YpwrU3ZpJQnFmr1ftVrZ8eXwiVLAQnQmJhm8ygz3j6xoQuzCs6nY7sUJBJcv",
            "proof": "H9ZUw0tYb3R5OZsyyrmpnwCm3iT1p5bxzrMqYo2mE0PcTQHcHkmR7eY5nD2zYyWnqkvLCbXf"
            "A0lO0VbEtkD0Rmk=",
            "time": 1795305600,
            "label": "savings",
        },
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """With an account key of one's own, proved by a signature. What is paid to its address becomes
        collateral."""
        return await once_async(
            request, lambda: ApiAnswer(ask_open(asker_of(request), request.body), status=201)
        )

    @operation(
        scope=Scope.READ,
        summary="My vaults, latest first",
        query=VaultsQuery,
        answers={200: VaultsDocument},
        cost=LIST_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        user_id, limit = request.caller.user_id, request.query["limit"]
        found = vault_page(user_id, before=request.query["cursor"], limit=limit + 1)
        shown = found[:limit]
        cursor = moment_cursor(shown[-1].created_at, shown[-1].pk) if len(found) > limit else None
        vaults = [render_vault(view) for view in views_of(shown, timezone.now())]
        return ApiAnswer({"account": str(user_id), "vaults": vaults, "next_cursor": cursor})


class VaultEndpoint(AsyncEndpoint):
    @operation(scope=Scope.READ, summary="See one vault", answers={200: OneVaultDocument}, tags=TAGS)
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """With what follows from the price of this moment."""
        return ApiAnswer({"vault": render_vault(view_of(vault_named(request, vault_id), timezone.now()))})


class VaultEventsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What became of a vault, oldest first",
        query=EventsQuery,
        answers={200: VaultEventsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """Those after a version, which the last of them gives for the next page."""
        vault, query = vault_named(request, vault_id), request.query
        found = events_of(vault.stream, after=query["after"], limit=query["limit"])
        return ApiAnswer({"events": [render_event(e.version, e.name, e.created_at, e.data) for e in found]})


class VaultDepositsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What was paid to a vault, latest first",
        query=PageQuery,
        answers={200: VaultDepositsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """Output by output, change of its own withdrawals too."""
        vault = vault_named(request, vault_id)
        rows = VaultCoin.objects.filter(vault=vault).select_related("coin")
        page = page_of(rows, request.query)
        return ApiAnswer(
            {
                "address": vault.address,
                "is_open": vault.status != VaultStatus.CLOSED,
                "minimum": bitcoin(terms_in_force().min_deposit_sats),
                "deposits": _coins(vault, list(page.rows)),
                "next_cursor": page.next_cursor,
            }
        )


def _coins(vault: Vault, rows: list[VaultCoin]) -> list[dict[str, object]]:
    position = facts_position()
    if position is None or not rows:
        return []
    if vault.status == VaultStatus.CLOSED:
        return [render_coin(row, position.height, None) for row in rows]
    young_sats = young_vault_sats([vault.owner_id]).get(vault.owner_id, 0)
    return [
        render_coin(
            row,
            position.height,
            required(young_sats, position.network, is_coinbase=row.coin.is_coinbase),
        )
        for row in rows
    ]


class VaultWithdrawalsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="A vault's withdrawals, latest first",
        query=VaultsQuery,
        answers={200: CollateralWithdrawalsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """With the PSBT of each that waits for its owner's signature."""
        vault, limit = vault_named(request, vault_id), request.query["limit"]
        found = withdrawal_page(vault, before=request.query["cursor"], limit=limit + 1)
        shown = found[:limit]
        cursor = moment_cursor(shown[-1].created_at, shown[-1].pk) if len(found) > limit else None
        return ApiAnswer({"withdrawals": [render_withdrawal(one) for one in shown], "next_cursor": cursor})


class VaultExportEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What recovers a vault without the house",
        answers={200: VaultExportDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, vault_id: str) -> ApiAnswer:
        """It holds no secret. Keep it apart from the private key."""
        vault = vault_named(request, vault_id)
        text = vault_export(vault.reference)
        return ApiAnswer(
            {"vault_id": str(vault.pk), "descriptor": json.loads(text)["descriptor"], "recovery": text}
        )
