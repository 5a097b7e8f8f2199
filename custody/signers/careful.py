"""A signer made of three: who holds the keys, the rules it goes by, and the books of what it signed.

It clears a plan, writes it down, and only then signs: whatever ends it between, the same plan passes again.
"""

from collections.abc import Callable

from custody.bitcoin.types import FixedKey, SpendPlan
from custody.signers.books import Books, now_seconds
from custody.signers.history import check_past, signing_of
from custody.signers.keyholder import Keyholder
from custody.signers.policy import Cleared, Rules, clear
from custody.signers.signer import Refusal, SignerFacts, SignerRefused

MAX_LABEL = 64


class CarefulSigner:
    def __init__(
        self,
        *,
        keyholder: Keyholder,
        rules: Rules,
        books: Books,
        party: str,
        clock: Callable[[], int] = now_seconds,
    ) -> None:
        self._keyholder = keyholder
        self._rules = rules
        self._books = books
        self._party = party
        self._clock = clock

    def describe(self) -> SignerFacts:
        return SignerFacts(self._rules.role, self._party, self._keyholder.key, self._rules.network)

    def fixed_key(self, label: str) -> FixedKey:
        if not 0 < len(label) <= MAX_LABEL or not label.isascii() or not label.isprintable():
            raise SignerRefused(Refusal.FORMAT, "a label has 1 to 64 printable characters")
        return self._keyholder.fixed_key(label)

    def sign(self, plan: SpendPlan, psbt: str) -> tuple[bytes, ...]:
        cleared = clear(self._rules, self._keyholder.owns, plan, psbt)
        signing = signing_of(plan, cleared.outflow_sats, self._clock())
        kept = self._books.admit(signing, lambda past: check_past(past, signing, self._rules.limits))
        return kept or self._books.keep(signing.digest, self._signatures(cleared))

    def _signatures(self, cleared: Cleared) -> tuple[bytes, ...]:
        pairs = zip(cleared.places, cleared.digests, strict=True)
        return tuple(self._keyholder.sign(cleared.source, place, digest) for place, digest in pairs)
