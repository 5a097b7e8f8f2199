"""Which signer a URL names: a co-signer, a token, or a file with a key."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from custody.bitcoin.types import Network, Role, WalletSpec
from custody.signers.books import MemoryBooks
from custody.signers.careful import CarefulSigner
from custody.signers.memory import signer_from_file
from custody.signers.pkcs11 import TokenKeyholder, TokenPlace
from custody.signers.policy import Rules
from custody.signers.remote import RemoteSigner
from custody.signers.signer import Signer

OWN_PARTY = "the house itself"


def signer_of(role: Role, url: str, secret: str, network: Network, cold: WalletSpec | None = None) -> Signer:
    """`http(s)://host:port`, `memory:/path/of/file`, `pkcs11:/path/library.so?token=label` (`secret`: PIN).

    The last two sign inside this very process, with books that end with it: for tests and trials.
    Raises ValueError.
    """
    scheme, _, rest = url.partition(":")
    if scheme in ("http", "https"):
        return RemoteSigner(role, url, secret)
    rules = Rules(role, network, cold=cold)
    if scheme == "memory":
        return signer_from_file(Path(rest), rules, party=OWN_PARTY)
    if scheme == "pkcs11":
        holder = TokenKeyholder(token_place(rest, secret))
        return CarefulSigner(keyholder=holder, rules=rules, books=MemoryBooks(), party=OWN_PARTY)
    raise ValueError("A signer's URL begins with http:, https:, pkcs11: or memory:.")


def token_place(text: str, pin: str) -> TokenPlace:
    """Of `/path/of/library.so?token=label`."""
    parts = urlsplit(text)
    labels = parse_qs(parts.query).get("token", [])
    if not parts.path or len(labels) != 1:
        raise ValueError("A token is written as /path/of/library.so?token=label.")
    return TokenPlace(parts.path, labels[0], pin)
