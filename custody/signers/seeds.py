"""Private keys of one account (BIP-32), from a seed or an account's extended private key.

The secrets stay in here: nothing prints, logs or pickles them, and no error carries them.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import NoReturn

from coincurve import PrivateKey, PublicKey

from custody.bitcoin.keys import HARDENED, fingerprint_of
from custody.bitcoin.types import AccountKey, Network, Place, Role
from custody.bitcoin.wire import double_sha256

_MAIN_PUBLIC, _MAIN_PRIVATE = bytes.fromhex("0488b21e"), bytes.fromhex("0488ade4")
_TEST_PUBLIC, _TEST_PRIVATE = bytes.fromhex("043587cf"), bytes.fromhex("04358394")
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_MIN_SEED, _MAX_SEED = 16, 64
_EXTENDED_BYTES = 78


class BadSecret(ValueError):
    """A file that should hold a seed or an account's private key holds something else. Never says what."""


def account_path(role: Role, network: Network) -> str:
    """BIP-84 for a single key, BIP-48 for one of a 2-of-3."""
    coin = 0 if network is Network.MAIN else 1
    return f"84h/{coin}h/0h" if role in (Role.HOT, Role.COLD) else f"48h/{coin}h/0h/2h"


@dataclass(frozen=True, slots=True)
class _Node:
    secret: PrivateKey = field(repr=False)
    chain_code: bytes = field(repr=False)

    @property
    def public_key(self) -> bytes:
        return self.secret.public_key.format()

    @property
    def fingerprint(self) -> bytes:
        return fingerprint_of(self.public_key)

    def child(self, number: int) -> "_Node":
        head = b"\0" + self.secret.secret if number >= HARDENED else self.public_key
        grown = hmac.new(self.chain_code, head + number.to_bytes(4, "big"), hashlib.sha512).digest()
        return _Node(self.secret.add(grown[:32]), grown[32:])


class AccountSecret:
    """The private key of an account; `key` is what others may know of it."""

    def __init__(self, node: _Node, key: AccountKey) -> None:
        self._node = node
        self.key = key

    def secret_at(self, place: Place) -> bytes:
        return self._node.child(place.branch).child(place.index).secret.secret

    def public_key_at(self, place: Place) -> bytes:
        return PublicKey.from_secret(self.secret_at(place)).format()

    def __repr__(self) -> str:
        return f"AccountSecret({self.key.fingerprint}/{self.key.path})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An account's secret is not pickled.")


def account_from_seed(seed: bytes, role: Role, network: Network) -> AccountSecret:
    """The account of this role, at the path of its kind."""
    if not _MIN_SEED <= len(seed) <= _MAX_SEED:
        raise BadSecret("A seed has 16 to 64 bytes.")
    grown = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
    master = node = _Node(_private_key(grown[:32]), grown[32:])
    path = account_path(role, network)
    parent = b"\0" * 4
    for step in path.split("/"):
        parent, number = node.fingerprint, int(step.removesuffix("h")) + HARDENED
        node = node.child(number)
    xpub = _extended(_public_version(network), path.count("/") + 1, parent, number, node)
    return AccountSecret(node, AccountKey(master.fingerprint.hex(), path, xpub))


def account_from_xprv(text: str, fingerprint: str, path: str, network: Network) -> AccountSecret:
    """The account whose extended private key this is. The origin cannot be computed from it."""
    raw = _base58_bytes(text)
    version = _MAIN_PRIVATE if network is Network.MAIN else _TEST_PRIVATE
    depth = path.count("/") + 1
    if len(raw) != _EXTENDED_BYTES or raw[:4] != version or raw[4] != depth or raw[45] != 0:
        raise BadSecret("This is no extended private key of that path and network.")
    node = _Node(_private_key(raw[46:]), raw[13:45])
    number = int.from_bytes(raw[9:13], "big")
    xpub = _extended(_public_version(network), depth, raw[5:9], number, node)
    return AccountSecret(node, AccountKey(fingerprint, path, xpub))


def read_secret(text: str, role: Role, network: Network) -> AccountSecret:
    """What a secret's file holds: a seed in hex, or `[fingerprint/path]xprv` of the account."""
    words = text.strip()
    if words.startswith("["):
        origin, bracket, xprv = words[1:].partition("]")
        fingerprint, _, path = origin.partition("/")
        if not bracket or len(fingerprint) != 8:
            raise BadSecret("An account's private key is written as [fingerprint/path]xprv.")
        return account_from_xprv(xprv, fingerprint, path.replace("'", "h"), network)
    try:
        seed = bytes.fromhex(words)
    except ValueError:
        raise BadSecret("A seed is written in hex.") from None
    return account_from_seed(seed, role, network)


def _private_key(secret: bytes) -> PrivateKey:
    try:
        return PrivateKey(secret)
    except ValueError:
        raise BadSecret("This number is no private key.") from None


def _public_version(network: Network) -> bytes:
    return _MAIN_PUBLIC if network is Network.MAIN else _TEST_PUBLIC


def _extended(version: bytes, depth: int, parent: bytes, number: int, node: _Node) -> str:
    head = version + bytes([depth]) + parent + number.to_bytes(4, "big")
    return base58(head + node.chain_code + node.public_key)


def base58(payload: bytes) -> str:
    number = int.from_bytes(payload + _check_of(payload), "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    return digits  # an extended key's version has no leading zero byte


def _base58_bytes(text: str) -> bytes:
    number = 0
    for letter in text[:120]:
        digit = _ALPHABET.find(letter)
        if digit < 0:
            raise BadSecret("This is not base58.")
        number = number * 58 + digit
    raw = number.to_bytes(_EXTENDED_BYTES + 12, "big")[-_EXTENDED_BYTES - 4 :]
    payload, check = raw[:-4], raw[-4:]
    if _check_of(payload) != check or len(text) > 120:
        raise BadSecret("Its checksum is wrong.")
    return payload


def _check_of(payload: bytes) -> bytes:
    return double_sha256(payload)[:4]
