"""Custody as everybody may see it: which chain, and in whose hands the keys are."""

from django.conf import settings

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, operation
from custody.api.admitting import require_custody
from custody.api.documents import CustodyDocument
from custody.bitcoin.types import Role
from custody.rules.parties import trust_in
from custody.selectors import chain_view, key_parties
from custody.selectors_withdrawals import open_stop
from custody.services.wallet_keys import network

_SHOWN = (Role.HOT, Role.PROTOCOL, Role.BACKUP)


class CustodyEndpoint(AsyncEndpoint):
    @operation(
        scope=None, summary="Whose hands the keys are in", answers={200: CustodyDocument}, tags=["bitcoin"]
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        require_custody()
        view, parties = chain_view(), key_parties()
        return ApiAnswer(
            {
                "network": network().value,
                "is_development_chain": settings.DEV_CHAIN,
                "height": None if view is None or view.height < 0 else view.height,
                "lag": None if view is None else view.lag,
                "signers": [{"role": role.value, "party": parties.names.get(role, "")} for role in _SHOWN],
                "is_one_party": parties.is_one,
                "trust": trust_in(parties.is_one),
                "withdrawals_stopped": open_stop() is not None,
            }
        )
