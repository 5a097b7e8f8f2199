"""What a demo has of bitcoin: coins of the house in the hot wallet, and people who can withdraw at once.

They have a second factor and an address as if both had been there for days: the hold is not shortened.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access.second_factor import seed_second_factor
from custody.chains.json_rpc import RpcRefused
from custody.chains.registry import dev_chain
from custody.chains.source import ChainFailure
from custody.errors import CustodyUnavailable
from custody.models import AllowedAddress, Coin
from custody.rules.statuses import Trail
from custody.services.allowed_addresses import seed_address
from custody.services.wallet_keys import learn_keys
from custody.services.wallets import refill_address

REFILL = "5"
LABEL = "outside wallet"
SINCE = timedelta(days=30)
_PATIENCE_S = 10.0


class NotReady(Exception):
    """The development chain or the hot signer does not answer yet; says which."""


def seed_person(*, user_id: int, totp_secret: str) -> AllowedAddress:
    """Repeatable. The address is the development chain's miner's, who stands for the world outside.

    Raises NotReady.
    """
    since = timezone.now() - SINCE
    existing = AllowedAddress.objects.filter(owner_id=user_id, label=LABEL, removed_at__isnull=True).first()
    address = existing.address if existing else str(_chain("getnewaddress"))
    with transaction.atomic():
        seed_second_factor(user_id=user_id, secret=totp_secret, changed_at=since)
        return seed_address(owner_id=user_id, address=address, label=LABEL, created_at=since)


def seed_house() -> bool:
    """Pay the house's own coins into the hot wallet; False where some came before. Raises NotReady."""
    if Coin.objects.filter(watched__trail=Trail.REFILL).exists():
        return False
    learn_keys()
    try:
        address = refill_address().address
    except CustodyUnavailable as error:
        raise NotReady(str(error.message)) from error
    _chain("sendtoaddress", address, REFILL)
    _chain("generatetoaddress", 1, _chain("getnewaddress"))
    return True


def _chain(method: str, *params: object) -> object:
    rpc = dev_chain(_PATIENCE_S)
    try:
        return rpc.call(method, *params)
    except RpcRefused as refused:
        raise NotReady(f"the development chain refused {method}: {refused.message}") from refused
    except ChainFailure as failure:
        raise NotReady(f"the development chain: {failure}") from failure
    finally:
        rpc.close()
