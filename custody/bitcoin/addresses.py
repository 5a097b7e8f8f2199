"""Addresses: the script behind one, and the one way to write the address of a script.

bitcoinlib knows the letters; which networks, witness versions and lengths are served is decided here.
"""

from typing import Final, NamedTuple

from custody.bitcoin.bitcoinlib_door import (
    EncodingError,
    addr_base58_to_pubkeyhash,
    addr_bech32_checksum,
    addr_bech32_to_pubkeyhash,
    change_base,
    pubkeyhash_to_addr_base58,
    pubkeyhash_to_addr_bech32,
)
from custody.bitcoin.errors import AddressFault, BadAddress
from custody.bitcoin.types import Network

LONGEST_ADDRESS = 90
_BECH32, _BECH32M = 1, 0x2BC830A3
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class _Prefixes(NamedTuple):
    human: str
    key_hash: str
    script_hash: str


_TEST = _Prefixes("tb", "6f", "c4")
_PREFIXES: Final = {
    Network.MAIN: _Prefixes("bc", "00", "05"),
    Network.TESTNET: _TEST,
    Network.SIGNET: _TEST,
    Network.REGTEST: _TEST._replace(human="bcrt"),
}


def read_address(text: str, network: Network) -> bytes:
    """The scriptPubKey. Raises BadAddress. Witness versions 0 and 1 only: others mean nothing yet."""
    if len(text) > LONGEST_ADDRESS or not (text.isascii() and text.isalnum()):
        raise BadAddress(AddressFault.FORMAT, "this is no address")
    script = _segwit_script(text, network) if _looks_segwit(text) else _base58_script(text, network)
    shown = address_of(script, network)
    if shown not in (text, text.lower()):
        raise BadAddress(AddressFault.FORMAT, "this is not how its address is written")
    return script


def _looks_segwit(text: str) -> bool:
    human, one, data = text.lower().rpartition("1")
    known = human in {prefixes.human for prefixes in _PREFIXES.values()}
    return known or bool(one and human and not set(data) - set(_LETTERS) and _bech32_constant(text))


def _bech32_constant(text: str) -> int:
    """Which of the two checksums it has; 0 for none."""
    try:
        constant = addr_bech32_checksum(text.lower())
    except EncodingError:
        return 0
    return constant if constant in (_BECH32, _BECH32M) else 0


def _segwit_script(text: str, network: Network) -> bytes:
    if text not in (text.lower(), text.upper()):
        raise BadAddress(AddressFault.FORMAT, "an address in capital and small letters at once")
    human, _, data = text.lower().rpartition("1")
    if human != _PREFIXES[network].human:
        raise BadAddress(AddressFault.NETWORK, "this is an address of another network")
    constant, version = _bech32_constant(text), _LETTERS.find(data[:1]) if data else -1
    if not constant or constant != (_BECH32M if version else _BECH32):
        raise BadAddress(AddressFault.CHECKSUM, "a letter of this address is wrong")
    if version > 1:
        raise BadAddress(AddressFault.WITNESS_VERSION, "nobody can spend from this kind of address yet")
    script = _program_script(text.lower())
    if script is None or (version == 1 and len(script) != 34):
        raise BadAddress(AddressFault.FORMAT, "this address has not the length of its kind")
    return script


def _program_script(text: str) -> bytes | None:
    # Not raised from here: the library's error carries the text.
    try:
        return bytes(addr_bech32_to_pubkeyhash(text, include_witver=True))
    except EncodingError:
        return None


def _base58_script(text: str, network: Network) -> bytes:
    decoded = _base58_decoded(text)
    if decoded is None:
        raise BadAddress(AddressFault.FORMAT, "this is no address")
    version, digest = decoded[:1].hex(), _checked_digest(text)
    if digest is None:
        raise BadAddress(AddressFault.CHECKSUM, "a letter of this address is wrong")
    if version == _PREFIXES[network].key_hash:
        return b"\x76\xa9\x14" + digest + b"\x88\xac"
    if version == _PREFIXES[network].script_hash:
        return b"\xa9\x14" + digest + b"\x87"
    raise BadAddress(AddressFault.NETWORK, "this is an address of another network")


def _base58_decoded(text: str) -> bytes | None:
    try:
        decoded = bytes(change_base(text, 58, 256, 25))
    except (EncodingError, ValueError):
        return None
    return decoded if len(decoded) == 25 else None


def _checked_digest(text: str) -> bytes | None:
    try:
        return bytes(addr_base58_to_pubkeyhash(text))
    except (EncodingError, AssertionError):
        return None


def address_of(script: bytes, network: Network) -> str | None:
    """None for a script that has no address here."""
    prefixes = _PREFIXES[network]
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return _base58(prefixes.key_hash, script[3:23])
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return _base58(prefixes.script_hash, script[2:22])
    if (len(script), script[:2]) in ((22, b"\0\x14"), (34, b"\0\x20")):
        return _bech32(prefixes.human, 0, script[2:])
    if len(script) == 34 and script[:2] == b"\x51\x20":
        return _bech32(prefixes.human, 1, script[2:])
    return None


# The library is given hex: bytes that happen to be hex in ASCII it would take for that.
def _base58(prefix: str, digest: bytes) -> str:
    return str(pubkeyhash_to_addr_base58(digest.hex(), prefix))


def _bech32(human: str, version: int, program: bytes) -> str:
    return str(pubkeyhash_to_addr_bech32(program.hex(), human, version))
