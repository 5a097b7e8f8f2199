"""A holder of keys in a PKCS#11 token: private keys never leave it, and it derives none: one key per label.

One process uses a token, so that a label is made once. What it signs high-S is made low-S here.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import coincurve
import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLocked, PKCS11Error, UserAlreadyLoggedIn
from pkcs11.types import PublicKey, Session, SignMixin
from pkcs11.util.ec import encode_named_curve_parameters

from custody.bitcoin.signatures import der_low_s
from custody.bitcoin.types import FixedKey, KeySource, Place
from custody.signers.signer import SignerUnavailable

Answer = TypeVar("Answer")

_SECP256K1 = encode_named_curve_parameters("1.3.132.0.10")
_POINT_BYTES = 65
_MAX_KEYS = 10_000
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Which token, by the library that reaches it and its label."""

    library: str
    token: str
    pin: str = field(repr=False)


class TokenKeyholder:
    key: KeySource | None = None

    def __init__(self, place: TokenPlace, *, most_keys: int = _MAX_KEYS) -> None:
        self._place = place
        self._most_keys = most_keys
        self._session: Session | None = None
        self._ids: dict[bytes, bytes] = {}  # public key -> the id that both halves of its pair have
        self._pin_is_wrong = False
        self._lock = threading.Lock()

    def owns(self, source: KeySource) -> bool:
        return isinstance(source, FixedKey) and bool(self._asked(lambda one: self._id_of(one, source)))

    def fixed_key(self, label: str) -> FixedKey:
        return self._asked(lambda session: _found(session, label) or self._made(session, label))

    def sign(self, source: KeySource, place: Place, digest: bytes) -> bytes:
        if not isinstance(source, FixedKey):
            raise SignerUnavailable("a token has fixed keys only")
        return der_low_s(self._asked(lambda session: self._sign(session, source, digest)))

    def _made(self, session: Session, label: str) -> FixedKey:
        """Refused while everything that is there can still be looked through: whoever asks for a key with
        each label that there is must not take the others' keys out of reach."""
        if len(_public_keys(session, {})) >= self._most_keys:
            raise SignerUnavailable("the token is full")
        return _made(session, label)

    def _sign(self, session: Session, source: FixedKey, digest: bytes) -> bytes:
        private = session.get_key(
            object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, id=self._id_of(session, source)
        )
        assert isinstance(private, SignMixin)
        return bytes(private.sign(digest, mechanism=Mechanism.ECDSA))

    def _id_of(self, session: Session, source: FixedKey) -> bytes:
        if source.public_key not in self._ids:
            self._ids = {_compressed(one): bytes(one[Attribute.ID]) for one in _public_keys(session, {})}
        return self._ids.get(source.public_key, b"")

    def _asked(self, question: Callable[[Session], Answer]) -> Answer:
        """Asks once more over a new session: a token that was pulled or restarted forgets the old one."""
        with self._lock:
            try:
                return question(self._session or self._opened())
            except PKCS11Error:
                self._closed()
            try:
                return question(self._opened())
            except PKCS11Error as error:
                self._closed()
                raise SignerUnavailable(f"the token fails: {type(error).__name__}") from None

    def _opened(self) -> Session:
        if self._pin_is_wrong:  # a token counts wrong ones, and locks itself
            raise SignerUnavailable("the token's PIN is wrong")
        try:
            return self._login()
        except (PinIncorrect, PinInvalid, PinLocked):
            self._pin_is_wrong = True
            raise SignerUnavailable("the token's PIN is wrong") from None

    def _login(self) -> Session:
        token = pkcs11.lib(self._place.library).get_token(token_label=self._place.token)
        try:
            self._session = token.open(rw=True, user_pin=self._place.pin)
        except UserAlreadyLoggedIn:  # all sessions of a process are, once one is
            self._session = token.open(rw=True)
        return self._session

    def _closed(self) -> None:
        """Begins anew with the library itself: only so does it see tokens that came or went."""
        self._session = None
        self._ids = {}
        try:
            pkcs11.lib(self._place.library).reinitialize()
        except PKCS11Error:
            return


def _public_keys(session: Session, attributes: dict[Attribute, object]) -> list[PublicKey]:
    wanted = {
        Attribute.CLASS: ObjectClass.PUBLIC_KEY,
        Attribute.KEY_TYPE: KeyType.EC,
        Attribute.EC_PARAMS: _SECP256K1,
    }
    found = [one for one in session.get_objects({**wanted, **attributes}) if isinstance(one, PublicKey)]
    if len(found) > _MAX_KEYS:
        raise SignerUnavailable("too many keys in the token")
    return found


def _found(session: Session, label: str) -> FixedKey | None:
    keys = _public_keys(session, {Attribute.LABEL: label})
    if len(keys) > 1:
        raise SignerUnavailable("this label has more than one key in the token")
    return FixedKey(_compressed(keys[0])) if keys else None


def _made(session: Session, label: str) -> FixedKey:
    curve = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: _SECP256K1}, local=True)
    public, _ = curve.generate_keypair(
        store=True,
        label=label,
        id=secrets.token_bytes(_ID_BYTES),
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    )
    return FixedKey(_compressed(public))


def _compressed(key: PublicKey) -> bytes:
    point = bytes(key[Attribute.EC_POINT])[-_POINT_BYTES:]
    return coincurve.PublicKey(point).format()
