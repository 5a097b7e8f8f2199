"""Whether an owner has proved that he has the private key of his account (`custody.bitcoin.proofs`)."""

from dataclasses import dataclass
from enum import StrEnum

from custody.bitcoin.errors import BadSignature, SignatureFault
from custody.bitcoin.messages import signer_of
from custody.bitcoin.proofs import proof_text, proving_key
from custody.bitcoin.types import AccountKey, Network
from vaults.errors import InvalidProof

MOST_SECONDS = 600  # between the time that was signed and now, either way


class ProofFault(StrEnum):
    FORMAT = "FORMAT"  # no signature of a text, BIP-137 in base64
    TIME = "TIME"  # signed too long ago, or the owner's clock goes wrong
    SIGNATURE = "SIGNATURE"  # of another key, or of another text


@dataclass(frozen=True, slots=True)
class Proof:
    """`time_s` as it stands in the text that `signature` is of."""

    time_s: int
    signature: str


def proof_refusal(
    proof: Proof, network: Network, owner_id: int, key: AccountKey, now_s: int
) -> InvalidProof | None:
    """Why it proves nothing; None if it does."""
    if abs(now_s - proof.time_s) > MOST_SECONDS:
        return _refused(ProofFault.TIME, "time")
    try:
        signer = signer_of(proof_text(network, owner_id, key, proof.time_s), proof.signature)
    except BadSignature as error:
        is_form = error.reason is SignatureFault.FORMAT
        return _refused(ProofFault.FORMAT if is_form else ProofFault.SIGNATURE)
    return None if signer == proving_key(key) else _refused(ProofFault.SIGNATURE)


def _refused(fault: ProofFault, field: str = "proof") -> InvalidProof:
    return InvalidProof(field=field, reason=fault.value)
