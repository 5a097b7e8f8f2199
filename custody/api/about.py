"""Custody as everybody may see it: which chain, and in whose hands the keys are."""

from django.conf import settings

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, operation
from custody.api.admitting import require_custody
from custody.api.documents import CustodyDocument
from custody.bitcoin.types import Role
from custody.models import WalletKey
from custody.selectors import chain_view
from custody.selectors_withdrawals import open_stop
from custody.services.wallet_keys import network

UNKNOWN = "The signers have not said yet who runs them."
ONE_PARTY = (
    "One party holds the protocol key and the backup key, and two keys move a vault: vault owners trust that "
    "party with their bitcoin."
)
TWO_PARTIES = (
    "Different parties hold the protocol key and the backup key: only with the owner, or both together, can "
    "they move a vault's bitcoin."
)
_SHOWN = (Role.HOT, Role.PROTOCOL, Role.BACKUP)


class CustodyEndpoint(AsyncEndpoint):
    @operation(
        scope=None, summary="Whose hands the keys are in", answers={200: CustodyDocument}, tags=["bitcoin"]
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        require_custody()
        view, parties = chain_view(), dict(WalletKey.objects.values_list("role", "party"))
        is_one = is_one_party(parties, settings.OWN_BACKUP)
        return ApiAnswer(
            {
                "network": network().value,
                "is_development_chain": settings.DEV_CHAIN,
                "height": None if view is None or view.height < 0 else view.height,
                "lag": None if view is None else view.lag,
                "signers": [{"role": role.value, "party": parties.get(role, "")} for role in _SHOWN],
                "is_one_party": is_one,
                "trust": UNKNOWN if is_one is None else ONE_PARTY if is_one else TWO_PARTIES,
                "withdrawals_stopped": open_stop() is not None,
            }
        )


def is_one_party(parties: dict[str, str], has_backup: bool) -> bool | None:
    """Whether protocol and backup key are in the same hands; None while nobody has said.

    Where the house runs the backup it does not matter what the two call themselves.
    """
    protocol, backup = (" ".join(parties.get(role, "").split()) for role in (Role.PROTOCOL, Role.BACKUP))
    if has_backup:
        return True
    if not protocol or not backup:
        return None
    return protocol.casefold() == backup.casefold()
