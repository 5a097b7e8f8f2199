"""What an owner signs to prove that the private key behind a vault's account key is his.

The key of the first receiving address signs: every wallet that can sign a text can do it there. The text
names the house's network, the account and the time, so that nobody else can use it, nor later.
"""

from custody.bitcoin.keys import child_public_key, key_text
from custody.bitcoin.messages import sign_message
from custody.bitcoin.types import RECEIVE, AccountKey, Network, Place

PROOF_PLACE = Place(RECEIVE, 0)


def proof_text(network: Network, account: int, key: AccountKey, time_s: int) -> str:
    """Five lines without an end of line behind the last. `time_s`: seconds since 1970."""
    lines = ("Ballast vault", f"network: {network}", f"account: {account}", f"key: {key_text(key)}")
    return "\n".join((*lines, f"time: {time_s}"))


def proving_key(key: AccountKey) -> bytes:
    """33 bytes: whose signature the text needs."""
    return child_public_key(key, PROOF_PLACE)


def prove(secret: bytes, network: Network, account: int, key: AccountKey, time_s: int) -> str:
    """The signature, in base64. `secret` is the private key at PROOF_PLACE."""
    return sign_message(secret, proof_text(network, account, key, time_s))
