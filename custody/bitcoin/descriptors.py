"""Output descriptors of our wallets: `wsh(sortedmulti(2,..))` and `wpkh(..)`, both branches, with checksum.

btclib counts the checksum of what is read. Any other descriptor is refused, so what is read here is a wallet
of ours.
"""

import re

from btclib_wallet.descriptors import checksum

from custody.bitcoin.descriptor_checksum import descriptor_checksum
from custody.bitcoin.errors import BadKey, KeyFault, PrivateKey
from custody.bitcoin.keys import Standard, key_text, read_key
from custody.bitcoin.private_texts import looks_private
from custody.bitcoin.scripts import check_spec
from custody.bitcoin.types import AccountKey, KeySource, Network, WalletKind, WalletSpec

LONGEST_DESCRIPTOR = 1000
_PLACES = "/<0;1>/*"
_WSH = re.compile(r"wsh\(sortedmulti\(2,([^(),]+),([^(),]+),([^(),]+)\)\)", re.ASCII)
_WPKH = re.compile(r"wpkh\(([^(),]+)\)", re.ASCII)


def descriptor_of(spec: WalletSpec) -> str:
    """Raises BadKey where the keys are not those of its kind."""
    check_spec(spec)
    keys = ",".join(map(_written, spec.keys))
    body = f"wpkh({keys})" if spec.kind is WalletKind.SINGLE else f"wsh(sortedmulti(2,{keys}))"
    return f"{body}#{descriptor_checksum(body)}"


def _written(key: KeySource) -> str:
    return key_text(key) + (_PLACES if isinstance(key, AccountKey) else "")


def read_descriptor(text: str, network: Network) -> WalletSpec:
    """What `descriptor_of` writes, with its checksum. Raises BadKey."""
    if looks_private(text):
        raise PrivateKey
    body, hash_sign, check = text.strip().partition("#")
    if len(text) > LONGEST_DESCRIPTOR or not body.isascii() or not hash_sign:
        raise BadKey(KeyFault.DESCRIPTOR, "a descriptor ends with # and its checksum")
    for kind, standard, shape in (
        (WalletKind.TWO_OF_THREE, Standard.VAULT, _WSH),
        (WalletKind.SINGLE, Standard.SINGLE, _WPKH),
    ):
        match = shape.fullmatch(body)
        if match is not None:
            if _checksum(body) != check:
                raise BadKey(KeyFault.CHECKSUM, "a letter of this descriptor is wrong")
            spec = WalletSpec(network, kind, tuple(_read(one, network, standard) for one in match.groups()))
            check_spec(spec)
            return spec
    raise BadKey(KeyFault.DESCRIPTOR, "only wsh(sortedmulti(2,..)) of three keys and wpkh(..) are served")


def _checksum(body: str) -> str | None:
    try:
        return checksum(body)
    except (ValueError, TypeError, RuntimeError):
        return None


def _read(text: str, network: Network, standard: Standard) -> KeySource:
    key = read_key(text.removesuffix(_PLACES), network, standard)
    if _written(key) != text.replace("'", "h"):
        raise BadKey(KeyFault.DESCRIPTOR, "its keys end with /<0;1>/*")
    return key
