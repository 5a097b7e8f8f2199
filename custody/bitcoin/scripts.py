"""The scripts of a wallet: what its address at a place is, and what a signature there is over.

`wpkh` for one key; `wsh` of 2 of 3 with the keys in the order of BIP-67.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from custody.bitcoin.addresses import address_of
from custody.bitcoin.errors import BadKey, KeyFault
from custody.bitcoin.keys import child_public_key, distinct, key_hash
from custody.bitcoin.types import Place, WalletKind, WalletSpec

_OP_2, _OP_3, _OP_CHECKMULTISIG = b"\x52", b"\x53", b"\xae"
_KEYS: Final = {WalletKind.SINGLE: 1, WalletKind.TWO_OF_THREE: 3}
SIGNATURES: Final = {WalletKind.SINGLE: 1, WalletKind.TWO_OF_THREE: 2}


@dataclass(frozen=True, slots=True)
class WalletScript:
    """`public_keys` in the order of the wallet's keys; `script_code` is what is signed (BIP-143).

    `witness_script` is empty for a single key.
    """

    script: bytes
    address: str
    witness_script: bytes
    public_keys: tuple[bytes, ...]
    script_code: bytes


def check_spec(spec: WalletSpec) -> None:
    """Raises BadKey where it has not the keys of its kind, each once."""
    if len(spec.keys) != _KEYS[spec.kind]:
        raise BadKey(KeyFault.FORMAT, f"a wallet of this kind has {_KEYS[spec.kind]} keys")
    distinct(spec.keys)


@lru_cache(maxsize=4096)
def script_at(spec: WalletSpec, place: Place) -> WalletScript:
    """Raises BadKey."""
    check_spec(spec)
    public_keys = tuple(child_public_key(key, place) for key in spec.keys)
    if spec.kind is WalletKind.SINGLE:
        digest = key_hash(public_keys[0])
        script, witness_script = b"\0\x14" + digest, b""
        script_code = b"\x76\xa9\x14" + digest + b"\x88\xac"
    else:
        witness_script = script_code = two_of_three(public_keys)
        script = b"\0\x20" + hashlib.sha256(witness_script).digest()
    address = address_of(script, spec.network)
    assert address is not None
    return WalletScript(script, address, witness_script, public_keys, script_code)


def two_of_three(public_keys: Sequence[bytes]) -> bytes:
    """The witness script, whatever order the keys come in. Raises BadKey."""
    if len(set(public_keys)) != 3 or any(len(key) != 33 for key in public_keys):
        raise BadKey(KeyFault.DUPLICATE, "three different keys are needed")
    pushes = b"".join(b"\x21" + key for key in sorted(public_keys))
    return _OP_2 + pushes + _OP_3 + _OP_CHECKMULTISIG
