"""Whom spending asks outside the house: the chain and the signers. Never inside a database transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from custody.bitcoin.types import Purpose, Role
from custody.chains.registry import configured_source
from custody.chains.source import ChainSource
from custody.services.wallet_keys import signer
from custody.signers.signer import Signer, SignerUnavailable


@dataclass(frozen=True, slots=True)
class Outside:
    source: ChainSource
    signers: Mapping[Role, Signer]

    def signer_for(self, purpose: Purpose) -> Signer:
        """A vault's coins are signed by its owner first and by the protocol last.

        Raises SignerUnavailable where none is named.
        """
        role = Role.PROTOCOL if purpose is Purpose.VAULT else Role.HOT
        if role not in self.signers:
            raise SignerUnavailable(f"no signer is named for {role}")
        return self.signers[role]


@lru_cache(maxsize=1)
def configured_outside() -> Outside:
    """As the settings name them; connections are kept as long as the process lives."""
    named = [role for role in (Role.HOT, Role.PROTOCOL) if settings.SIGNERS.get(str(role), ("", ""))[0]]
    return Outside(configured_source(), {role: signer(role) for role in named})
