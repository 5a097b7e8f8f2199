"""Who holds private keys: the shape, and the holder of one account's keys in this process's memory."""

from typing import Protocol

from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.types import FixedKey, KeySource, Place
from custody.signers.seeds import AccountSecret
from custody.signers.signer import Refusal, SignerRefused


class Keyholder(Protocol):
    """It signs any digest for whoever asks it inside this process: what may be signed is `policy`'s."""

    @property
    def key(self) -> KeySource | None: ...

    def owns(self, source: KeySource) -> bool: ...

    def fixed_key(self, label: str) -> FixedKey: ...

    def sign(self, source: KeySource, place: Place, digest: bytes) -> bytes:
        """DER, low S, SIGHASH_ALL. Raises SignerUnavailable where the keys are out of reach."""


class AccountKeyholder:
    def __init__(self, secret: AccountSecret) -> None:
        self._secret = secret

    @property
    def key(self) -> KeySource | None:
        return self._secret.key

    def owns(self, source: KeySource) -> bool:
        return source == self._secret.key

    def fixed_key(self, label: str) -> FixedKey:
        raise SignerRefused(Refusal.NO_TOKEN, "it derives its keys")

    def sign(self, source: KeySource, place: Place, digest: bytes) -> bytes:
        return sign_digest(self._secret.secret_at(place), digest)
