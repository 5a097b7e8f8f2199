"""Recognizing what should never have been sent: private keys and seed words, in the forms people have them.

It would rather refuse a public text that looks private than let a private one pass.
"""

import re
from typing import Final

_BASE58 = "1-9A-HJ-NP-Za-km-z"
_ANYWHERE: Final = (
    re.compile(rf"(?<![0-9A-Za-z])[xyzYZtuvUV]prv[{_BASE58}]{{8,}}", re.ASCII),
    re.compile(rf"(?<![{_BASE58}0OIl])[5KL9c][{_BASE58}]{{50,51}}(?![{_BASE58}0OIl])", re.ASCII),  # WIF
    re.compile(rf"(?<![{_BASE58}0OIl])6P[{_BASE58}]{{56}}(?![{_BASE58}0OIl])", re.ASCII),  # BIP-38
)
_HEX = re.compile(r"(0x)?[0-9a-f]{64}", re.ASCII | re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{3,12}")
_FEWEST_WORDS = 10
_LONGEST = 20_000


def looks_private(text: str) -> bool:
    """Whether a private key, or words that make some, are in it."""
    text = text[:_LONGEST]
    if any(shape.search(text) for shape in _ANYWHERE):
        return True
    words = text.replace(",", " ").split()
    if len(words) == 1 and _HEX.fullmatch(words[0]):
        return True
    return len(words) >= _FEWEST_WORDS and all(_WORDS.fullmatch(word.strip(".:;\"'")) for word in words)
