"""Public keys that wallets are made of: an account's extended key with its origin, or a token's fixed key.

btclib reads an extended key (bitcoinlib takes 12 of BIP-32's 16 invalid ones), libsecp256k1 derives from it.
No private key gets in here, nor into an error.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from btclib_wallet.bip32 import BIP32KeyData
from coincurve import PublicKey

from custody.bitcoin.errors import BadKey, KeyFault, PrivateKey
from custody.bitcoin.private_texts import looks_private
from custody.bitcoin.signatures import is_public_key
from custody.bitcoin.types import CHANGE, RECEIVE, AccountKey, FixedKey, KeySource, Network, Place

HARDENED = 0x80000000
LONGEST_KEY = 200
_ORIGIN = re.compile(r"\[([0-9a-fA-F]{8})((?:/[0-9]{1,10}['hH])+)\](\w+)", re.ASCII)
_FIXED = re.compile(r"0[23][0-9a-fA-F]{64}", re.ASCII)
_VERSIONS: Final = {True: bytes.fromhex("0488b21e"), False: bytes.fromhex("043587cf")}
_OTHER_PUBLIC: Final = {*map(bytes.fromhex, ("049d7cb2", "04b24746", "0295b43f", "02aa7ed3", "044a5262"))} | {
    *map(bytes.fromhex, ("045f1cf6", "024289ef", "02575483"))
}


class Standard(StrEnum):
    """Which path an account's key must have; {coin} is 0 on the main network and 1 elsewhere."""

    VAULT = r"48h/{coin}h/\d+h/2h"  # BIP-48, witness scripts
    SINGLE = r"84h/{coin}h/\d+h"  # BIP-84


@lru_cache(maxsize=1024)  # what is refused is not kept
def read_account_key(text: str, network: Network, standard: Standard | None = Standard.VAULT) -> AccountKey:
    """`[fingerprint/path]xpub` of this network. With no standard any hardened path will do. Raises BadKey."""
    if looks_private(text):
        raise PrivateKey
    shape = _ORIGIN.fullmatch(text.strip(" \t\r\n")) if len(text) <= LONGEST_KEY else None
    if shape is None:
        raise BadKey(KeyFault.ORIGIN, "an account's key is written as [fingerprint/48h/..]xpub")
    path = shape[2][1:].replace("'", "h").replace("H", "h")
    steps = [step.removesuffix("h") for step in path.split("/")]
    if any(int(step) >= HARDENED or str(int(step)) != step for step in steps):
        raise BadKey(KeyFault.PATH, "a step of its path is out of range")
    _check_extended(shape[3], network, [int(step) + HARDENED for step in steps])
    if standard is not None and not re.fullmatch(_pattern(standard, network), path):
        raise BadKey(KeyFault.PATH, f"its path must be {_shown(standard, network)}")
    return AccountKey(shape[1].lower(), path, shape[3])


def _pattern(standard: Standard, network: Network) -> str:
    return standard.value.replace("{coin}", "0" if network is Network.MAIN else "1")


def _shown(standard: Standard, network: Network) -> str:
    return _pattern(standard, network).replace(r"\d+", "<account>")


def _check_extended(xpub: str, network: Network, path: Sequence[int]) -> None:
    data = _decoded(xpub)
    if data is None:
        raise BadKey(KeyFault.CHECKSUM, "this is no extended key, or a letter of it is wrong")
    if data.key[0] == 0:
        raise PrivateKey
    if data.version in _OTHER_PUBLIC:
        raise BadKey(KeyFault.FORMAT, "write it as xpub or tpub: the origin says what it is for")
    if data.version != _VERSIONS[network is Network.MAIN]:
        raise BadKey(KeyFault.NETWORK, "this is a key of another network")
    if data.depth != len(path):
        raise BadKey(KeyFault.DEPTH, "its depth is not that of its path")
    if data.index != path[-1]:
        raise BadKey(KeyFault.ORIGIN, "it is another child than its path says")


def _decoded(xpub: str) -> BIP32KeyData | None:
    # Errors of libraries may carry the text, so none gets out, not even as the context of ours.
    try:
        return BIP32KeyData.b58decode(xpub)
    except (ValueError, TypeError, RuntimeError):
        return None


def read_key(text: str, network: Network, standard: Standard | None = Standard.VAULT) -> KeySource:
    """An account's key, or the 33 bytes of a fixed one in hex. Raises BadKey."""
    word = text.strip(" \t\r\n")
    if not _FIXED.fullmatch(word):
        return read_account_key(text, network, standard)
    public_key = bytes.fromhex(word)
    if not is_public_key(public_key):
        raise BadKey(KeyFault.POINT, "this is no point of the curve")
    return FixedKey(public_key)


def key_text(key: KeySource) -> str:
    """What `read_key` reads."""
    match key:
        case AccountKey(fingerprint, path, xpub):
            return f"[{fingerprint}/{path}]{xpub}"
        case FixedKey(public_key):
            return public_key.hex()


def distinct(keys: Sequence[KeySource]) -> None:
    """Raises BadKey where two are the same, or begin with the same public key."""
    if len({_own_public_key(key) for key in keys}) != len(keys):
        raise BadKey(KeyFault.DUPLICATE, "the same key is given twice")


def _own_public_key(key: KeySource) -> bytes:
    return key.public_key if isinstance(key, FixedKey) else _account(key.xpub)[0]


@lru_cache(maxsize=1024)
def _account(xpub: str) -> tuple[bytes, bytes]:
    """Its public key and chain code."""
    data = _decoded(xpub)
    if data is None or data.key[0] == 0:
        raise BadKey(KeyFault.FORMAT, "this is no extended public key")
    return bytes(data.key), bytes(data.chain_code)


def check_place(place: Place) -> None:
    """Raises BadKey for what is no place of a wallet."""
    if place.branch not in (RECEIVE, CHANGE) or not 0 <= place.index < HARDENED:
        raise BadKey(KeyFault.PLACE, "there is no such place in a wallet")


def child_public_key(key: KeySource, place: Place) -> bytes:
    """33 bytes; a fixed key gives itself for every place. Raises BadKey."""
    check_place(place)
    if isinstance(key, FixedKey):
        return key.public_key
    return _child(*_branch(key.xpub, place.branch), place.index)[0]


@lru_cache(maxsize=2048)
def _branch(xpub: str, branch: int) -> tuple[bytes, bytes]:
    return _child(*_account(xpub), branch)


def _child(public_key: bytes, chain_code: bytes, number: int) -> tuple[bytes, bytes]:
    """BIP-32's CKDpub: the child's public key and chain code."""
    grown = hmac.digest(chain_code, public_key + number.to_bytes(4, "big"), hashlib.sha512)
    try:
        return PublicKey(public_key).add(grown[:32]).format(compressed=True), grown[32:]
    except ValueError:
        raise BadKey(KeyFault.PLACE, "this place has no key, which happens once in 2**127") from None


def derivation(key: KeySource, place: Place) -> tuple[bytes, tuple[int, ...]]:
    """The origin of a place's key, as PSBTs say it: fingerprint and path. A fixed key is its own master."""
    if isinstance(key, FixedKey):
        return fingerprint_of(key.public_key), ()
    steps = tuple(int(step.removesuffix("h")) + HARDENED for step in key.path.split("/"))
    return bytes.fromhex(key.fingerprint), (*steps, place.branch, place.index)


def fingerprint_of(public_key: bytes) -> bytes:
    return key_hash(public_key)[:4]


def key_hash(public_key: bytes) -> bytes:
    return hashlib.new("ripemd160", hashlib.sha256(public_key).digest()).digest()
