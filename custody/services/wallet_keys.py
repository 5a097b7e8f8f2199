"""The public keys that wallets are made of: learned once from signers and settings, then kept.

A signer that shows another key later is not believed: its key is noted until an operator accepts it.
"""

import logging
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access.services import Origin, record_audit
from access.together import Question, ask
from custody.bitcoin.errors import BadKey
from custody.bitcoin.keys import Standard, key_text, read_account_key, read_key
from custody.bitcoin.types import AccountKey, KeySource, Network, Role, WalletKind, WalletSpec
from custody.errors import CustodyUnavailable, InvalidState
from custody.models import WalletKey, WatchedScript
from custody.signers.registry import signer_of
from custody.signers.signer import Signer, SignerRefused, SignerUnavailable

logger = logging.getLogger(__name__)

HOT, COLD = "hot", "cold"  # WatchedScript.wallet of the house's own; any other is a vault's reference
_SIGNING = (Role.HOT, Role.PROTOCOL, Role.BACKUP)
_MAX_PARTY = 100
_KEYS = "SELECT role, key FROM custody_walletkey WHERE role = ANY(%s)"


def network() -> Network:
    return Network(settings.BITCOIN_NETWORK)


def signer(role: Role) -> Signer:
    """Raises CustodyUnavailable where none is named for the role."""
    url, secret = settings.SIGNERS.get(str(role), ("", ""))
    if not url:
        raise CustodyUnavailable(part=f"signer {role}")
    cold = single_spec(Role.COLD) if WalletKey.objects.filter(role=Role.COLD).exists() else None
    return signer_of(role, url, secret, network(), cold)


def learn_keys() -> bool:
    """Ask for what is not known, and whether what is known still holds. Whether all that is named is known.

    Never raises for a signer that is away: whoever needs its key is told so.
    """
    named = {role for role in _SIGNING if settings.SIGNERS.get(str(role), ("", ""))[0]}
    if settings.COLD_KEY:
        _keep_cold_key()
        named.add(Role.COLD)
    for role in sorted(named - {Role.COLD}):
        _ask(role)
    return named <= {Role(one) for one in WalletKey.objects.values_list("role", flat=True)}


def _keep_cold_key() -> None:
    try:
        key = read_account_key(settings.COLD_KEY, network(), Standard.SINGLE)
    except BadKey as error:
        logger.error("BALLAST_COLD_KEY is no key of a cold wallet: %s", error.reason)  # noqa: TRY400
        return
    keep_key(role=Role.COLD, key=key, party="")


def _ask(role: Role) -> None:
    try:
        facts = signer(role).describe()
    except (SignerUnavailable, SignerRefused, ValueError) as error:
        logger.info("the %s signer does not say its key: %s", role, error)
        return
    if facts.role is role and facts.network is network():
        keep_key(role=role, key=facts.key, party=facts.party)
    else:
        logger.error("the signer named for %s says that it is %s on %s", role, facts.role, facts.network)


@transaction.atomic
def keep_key(*, role: Role, key: KeySource | None, party: str) -> WalletKey:
    """The first one is kept; another one later is noted, not taken. `key` is None of a token.

    Who runs the signer of the key that is kept may say another name later: it is what people are shown.
    """
    text = "" if key is None else key_text(key)
    kept, is_new = WalletKey.objects.select_for_update().get_or_create(
        role=role, defaults={"key": text, "party": party[:_MAX_PARTY], "learned_at": timezone.now()}
    )
    if is_new:
        _record("custody.key_learned", kept, Origin(), {"key": text, "party": kept.party})
        return kept
    refused = text if text != kept.key else ""
    if not refused:
        _rename(kept, party[:_MAX_PARTY])
    if refused != kept.refused_key:
        kept.refused_key = refused
        kept.save(update_fields=["refused_key"])
        if refused:
            logger.error("the %s signer shows another key than before: it is not believed", role)
            _record("custody.key_refused", kept, Origin(), {"key": refused})
    return kept


def _rename(kept: WalletKey, party: str) -> None:
    if party in ("", kept.party):
        return
    before, kept.party = kept.party, party
    kept.save(update_fields=["party"])
    _record("custody.party_renamed", kept, Origin(), {"before": before, "party": party})


@transaction.atomic
def accept_key(*, role: Role, origin: Origin, reason: str) -> WalletKey:
    """An operator believes the other key: what is opened from now on is made of it.

    Refused for the hot wallet once it has addresses: customers pay to them for ever. Raises InvalidState.
    """
    kept = WalletKey.objects.select_for_update().filter(role=role).first()
    if kept is None or not kept.refused_key:
        raise InvalidState("No other key was shown.", status="SAME")
    if role is Role.HOT and WatchedScript.objects.filter(wallet=HOT).exists():
        raise InvalidState("The hot wallet has addresses of the key that is known.", status="IN_USE")
    # From here on it succeeds.
    before, kept.key, kept.refused_key = kept.key, kept.refused_key, ""
    kept.learned_at = timezone.now()
    kept.save(update_fields=["key", "refused_key", "learned_at"])
    _record("custody.key_accepted", kept, origin, {"before": before, "key": kept.key, "reason": reason})
    return kept


def known_key(role: Role) -> KeySource | None:
    """None: it is a token, which gives a fixed key of its own to each vault. Raises CustodyUnavailable."""
    return known_among(ask(keys_question([role])), role)


def keys_question(roles: Sequence[Role]) -> Question[Mapping[str, str]]:
    """For `known_among`: what is kept of these."""
    return Question(_KEYS, [[role.value for role in roles]], dict)


def known_among(kept: Mapping[str, str], role: Role) -> KeySource | None:
    """As `known_key`."""
    text = kept.get(role)
    if text is None:
        raise CustodyUnavailable(part=f"signer {role}")
    return read_key(text, network(), _standard(role)) if text else None


def _standard(role: Role) -> Standard:
    return Standard.SINGLE if role in (Role.HOT, Role.COLD) else Standard.VAULT


def single_spec(role: Role) -> WalletSpec:
    """Of the hot or the cold wallet. Raises CustodyUnavailable while its key is not known."""
    key = known_key(role)
    if not isinstance(key, AccountKey):
        raise CustodyUnavailable(part=f"signer {role} with a key that derives")
    return WalletSpec(network(), WalletKind.SINGLE, (key,))


def _record(action: str, kept: WalletKey, origin: Origin, after: dict[str, str]) -> None:
    record_audit(origin=origin, action=action, subject=f"custody:key:{kept.role}", after=dict(after))
