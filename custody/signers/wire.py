"""The messages between the house and a co-signer: strict JSON, nothing unknown in it, bounded."""

from typing import Any, TypeVar

import msgspec

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.keys import key_text, read_key
from custody.bitcoin.types import Network, Role
from custody.foreign_words import printable
from custody.signers.signer import SignerFacts

MAX_REQUEST = 2 * 1024 * 1024
MAX_ANSWER = 2 * 1024 * 1024
MAX_PARTY = 200
Message = TypeVar("Message")


class Malformed(ValueError):
    """No message of its kind. Carries nothing of the text."""


class SignRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    plan: dict[str, Any]
    psbt: str


class SignAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    signatures: tuple[str, ...]  # hex, of each input


class FixedKeyRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    label: str


class FixedKeyAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    public_key: str


class About(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    role: str
    party: str
    key: str | None
    network: str


class Asked(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A line of a co-signer's journal. `content` is what `custody.cosigner.journal` decoded."""

    id: int
    asked_at: int
    role: str
    deed: str
    content: dict[str, Any]
    outcome: str
    reason: str
    detail: str


class JournalPage(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    requests: tuple[Asked, ...]


class Fault(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`reason` is a Refusal where `code` is REFUSED."""

    code: str
    message: str
    reason: str = ""


class FaultAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    error: Fault


def read(body: bytes, kind: type[Message]) -> Message:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Malformed("not the message that is expected here") from None


def written(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


def about(facts: SignerFacts) -> About:
    key = None if facts.key is None else key_text(facts.key)
    return About(facts.role.value, facts.party, key, facts.network.value)


def facts(answer: About) -> SignerFacts:
    try:
        network = Network(answer.network)
        key = None if answer.key is None else read_key(answer.key, network, None)
        return SignerFacts(Role(answer.role), printable(answer.party, MAX_PARTY), key, network)
    except (BitcoinError, ValueError):
        raise Malformed("not a signer's facts") from None
