"""What is wrong with something about Bitcoin: each error has a stable reason and never the text it was given.

Knows nothing of HTTP; services turn these into refusals.
"""

from enum import StrEnum


class BitcoinError(ValueError):
    """The root. `reason` is stable; the message is for people and carries no input."""

    def __init__(self, reason: StrEnum, message: str = "") -> None:
        super().__init__(message or reason.value)
        self.reason = reason


class AddressFault(StrEnum):
    NETWORK = "NETWORK"
    CHECKSUM = "CHECKSUM"
    WITNESS_VERSION = "WITNESS_VERSION"
    FORMAT = "FORMAT"


class BadAddress(BitcoinError):
    reason: AddressFault


class KeyFault(StrEnum):
    FORMAT = "FORMAT"
    CHECKSUM = "CHECKSUM"
    NETWORK = "NETWORK"
    ORIGIN = "ORIGIN"  # absent, or of another depth or child than the key itself says
    PATH = "PATH"
    DEPTH = "DEPTH"
    POINT = "POINT"
    DUPLICATE = "DUPLICATE"
    PRIVATE = "PRIVATE"
    DESCRIPTOR = "DESCRIPTOR"
    PLACE = "PLACE"


class BadKey(BitcoinError):
    """Of keys and of what is made of them: specs, descriptors, places."""

    reason: KeyFault


class PrivateKey(BadKey):
    """A private key was given where a public one belongs. Nothing of it is in here, in no cause either."""

    def __init__(self) -> None:
        super().__init__(KeyFault.PRIVATE, "a private key was given where a public one belongs")


class WireFault(StrEnum):
    SIZE = "SIZE"
    FORMAT = "FORMAT"
    VALUE = "VALUE"
    POW = "POW"
    MERKLE = "MERKLE"
    WITNESS = "WITNESS"
    FIELD = "FIELD"  # a PSBT's map has a field twice, or one that must not be there


class BadTransaction(BitcoinError):
    reason: WireFault


class BadBlock(BitcoinError):
    reason: WireFault


class BadPsbt(BitcoinError):
    reason: WireFault


class PlanFault(StrEnum):
    ENCODING = "ENCODING"
    SIZE = "SIZE"
    INPUTS = "INPUTS"
    INPUT_TWICE = "INPUT_TWICE"
    PREVIOUS_TX = "PREVIOUS_TX"
    VALUE = "VALUE"
    SCRIPT = "SCRIPT"
    ADDRESS = "ADDRESS"
    DUST = "DUST"
    SUM = "SUM"
    FEE = "FEE"
    CHANGE = "CHANGE"
    OUTPUTS = "OUTPUTS"
    TRANSACTION = "TRANSACTION"  # another transaction than the planned one
    FIELDS = "FIELDS"  # a PSBT says more, less or other than the planned one
    FINAL = "FINAL"
    SIGHASH = "SIGHASH"
    SIGNATURE = "SIGNATURE"
    HIGH_S = "HIGH_S"
    FOREIGN_KEY = "FOREIGN_KEY"
    SIGNATURE_COUNT = "SIGNATURE_COUNT"
    WITNESS = "WITNESS"


class PlanMismatch(BitcoinError):
    reason: PlanFault


class SignatureFault(StrEnum):
    FORMAT = "FORMAT"
    DER = "DER"
    HIGH_S = "HIGH_S"
    SIGHASH = "SIGHASH"
    WRONG = "WRONG"
    KEY = "KEY"


class BadSignature(BitcoinError):
    reason: SignatureFault
