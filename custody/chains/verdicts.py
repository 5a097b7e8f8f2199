"""What a node's word about a transaction means: the codes and texts of Bitcoin Core, which others repeat."""

from custody.chains.source import MAX_DETAIL, Verdict, VerdictKind
from custody.foreign_words import printable

_IN_CHAIN = -27
_DECIDED = {-22, -25, -26, -27}  # any other code says nothing about the transaction

# The first that occurs in the text decides.
_WORDS = (
    ("already in block chain", VerdictKind.IN_CHAIN),
    ("already in utxo set", VerdictKind.IN_CHAIN),
    ("txn-already-known", VerdictKind.IN_CHAIN),  # Core says it where the outputs exist
    ("txn-already-in-mempool", VerdictKind.KNOWN),
    ("txn-same-nonwitness-data-in-mempool", VerdictKind.KNOWN),
    ("already in mempool", VerdictKind.KNOWN),
    ("insufficient fee", VerdictKind.FEE_TOO_LOW),  # to replace what is there
    ("min relay fee not met", VerdictKind.FEE_TOO_LOW),
    ("mempool min fee not met", VerdictKind.FEE_TOO_LOW),
    ("insufficient priority", VerdictKind.FEE_TOO_LOW),
    ("mempool full", VerdictKind.FEE_TOO_LOW),
    ("txn-mempool-conflict", VerdictKind.CONFLICT),
    ("bad-txns-spends-conflicting-tx", VerdictKind.CONFLICT),
    ("bad-txns-inputs-spent", VerdictKind.CONFLICT),
    ("missingorspent", VerdictKind.MISSING_INPUTS),
    ("missing-inputs", VerdictKind.MISSING_INPUTS),
    ("missing inputs", VerdictKind.MISSING_INPUTS),
    ("inputs missing or spent", VerdictKind.MISSING_INPUTS),
)


def is_verdict(code: int) -> bool:
    """Whether an error of that code is about the transaction at all."""
    return code in _DECIDED


def verdict_of(code: int | None, text: str) -> Verdict:
    """Of a node's error. `code` is None where only a text came."""
    detail = printable(text, MAX_DETAIL)
    lower = text[:MAX_DETAIL].lower()
    for words, kind in _WORDS:
        if words in lower:
            return Verdict(kind, detail)
    return Verdict(VerdictKind.IN_CHAIN if code == _IN_CHAIN else VerdictKind.REFUSED, detail)
