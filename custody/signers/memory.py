"""A signer with keys in this process's memory: for tests, and for a person with a file of his own key."""

from collections.abc import Callable
from pathlib import Path

from custody.signers.books import MemoryBooks, now_seconds
from custody.signers.careful import CarefulSigner
from custody.signers.keyholder import AccountKeyholder
from custody.signers.policy import Rules
from custody.signers.seeds import account_from_seed, read_secret

_MAX_FILE = 4096


def memory_signer(
    seed: bytes, rules: Rules, *, party: str = "tests", clock: Callable[[], int] = now_seconds
) -> CarefulSigner:
    """A signer of the account that this seed has for the role."""
    holder = AccountKeyholder(account_from_seed(seed, rules.role, rules.network))
    return CarefulSigner(keyholder=holder, rules=rules, books=MemoryBooks(), party=party, clock=clock)


def signer_from_file(path: Path, rules: Rules, *, party: str) -> CarefulSigner:
    """The file holds a seed in hex, or `[fingerprint/path]xprv`. Its books end with the process."""
    holder = AccountKeyholder(read_secret(read_secret_file(path), rules.role, rules.network))
    return CarefulSigner(keyholder=holder, rules=rules, books=MemoryBooks(), party=party)


def read_secret_file(path: Path) -> str:
    with path.open() as file:
        return file.read(_MAX_FILE)
