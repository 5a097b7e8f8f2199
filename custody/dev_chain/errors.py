"""How the development chain says no: the codes and words of Bitcoin Core's JSON-RPC."""

from enum import IntEnum


class Code(IntEnum):
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INTERNAL = -32603
    PARSE = -32700
    MISC = -1
    TYPE = -3
    NOT_FOUND = -5  # no such transaction, block or address
    FUNDS = -6
    PARAMETER = -8
    DESERIALIZATION = -22
    VERIFY = -25
    REJECTED = -26
    IN_CHAIN = -27
    LOADING = -28


class ChainError(Exception):
    """`reason` is what Core would say, "bad-txns-inputs-missingorspent" for example."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class FolderInUse(Exception):
    """Another process owns the folder of the chain."""
