"""Whom spending asks outside the house: the chain and the signers. Never inside a database transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from custody.bitcoin.types import Purpose, Role
from custody.chains.source import ChainSource
from custody.signers.signer import Signer


@dataclass(frozen=True, slots=True)
class Outside:
    source: ChainSource
    signers: Mapping[Role, Signer]

    def signer_for(self, purpose: Purpose) -> Signer:
        """A vault's coins are signed by its owner first and by the protocol last."""
        return self.signers[Role.PROTOCOL if purpose is Purpose.VAULT else Role.HOT]
