"""Alice's vaults, what she asks of them, and what the books say then. Amounts of dollars are whole."""

from dataclasses import replace
from itertools import count
from typing import Any

from custody.bitcoin.proofs import PROOF_PLACE, prove
from custody.bitcoin.types import Network, Role
from custody.signers.seeds import AccountSecret
from ledger.models import Account, Transfer
from ledger.rules import Purpose
from ledger.selectors import identity_violations
from ledger.services import issue_demo_funds
from tests.custody.support.wallets import account
from tests.vaults.support.rows import E8, NOON, funded_vault, user
from vaults.models import Vault
from vaults.rules.proofs import Proof
from vaults.services.minting import Mint, Minted, mint
from vaults.services.opening import Opening
from vaults.services.repaying import Repaid, Repay, repay

__all__ = ["E8", "NOON", "funded_vault", "user"]

_numbers = count(1)


def new_key() -> str:
    return f"key-{next(_numbers)}"


def mint_ask(vault: Vault, dollars: int, **changes: Any) -> Mint:
    return replace(Mint(vault.owner_id, vault.pk, new_key(), dollars * E8), **changes)


def minted(vault: Vault, dollars: int, **changes: Any) -> Minted:
    return mint(mint_ask(vault, dollars, **changes), NOON)


def repaid(vault: Vault, dollars: int | None, payer: str = "alice", **changes: Any) -> Repaid:
    atoms = None if dollars is None else dollars * E8
    return repay(replace(Repay(user(payer).pk, vault.pk, new_key(), atoms), **changes), NOON)


def give(name: str, dollars: int) -> None:
    issue_demo_funds(owner_id=user(name).pk, asset="USDB", amount_atoms=dollars * E8, key=new_key())


def dollars_of(name: str) -> int:
    """Atoms in the funding wallet."""
    found = Account.objects.filter(owner=user(name), asset_id="USDB", purpose=Purpose.FUNDING).first()
    return found.balance_atoms if found else 0


def house_atoms(purpose: Purpose) -> int:
    found = Account.objects.filter(owner=None, asset_id="USDB", purpose=purpose).first()
    return found.balance_atoms if found else 0


def moves_of(vault: Vault) -> list[tuple[str, int]]:
    """Code and atoms of each transfer that names an event of the vault, oldest first."""
    rows = Transfer.objects.filter(reference__startswith=vault.stream).order_by("id")
    return list(rows.values_list("code", "amount_atoms"))


def opening_ask(name: str = "alice", *, seed: str = "user", **changes: Any) -> Opening:
    """With the proof of NOON."""
    owner = user(name)
    secret = account(seed, Role.USER)
    return replace(Opening(owner.pk, new_key(), text_of(secret), proof_of(secret, owner.pk)), **changes)


def text_of(secret: AccountSecret) -> str:
    return f"[{secret.key.fingerprint}/{secret.key.path}]{secret.key.xpub}"


def proof_of(secret: AccountSecret, owner_id: int, time_s: int | None = None) -> Proof:
    time_s = int(NOON.timestamp()) if time_s is None else time_s
    signature = prove(secret.secret_at(PROOF_PLACE), Network.REGTEST, owner_id, secret.key, time_s)
    return Proof(time_s, signature)


def assert_books_balance() -> None:
    """Every identity of the ledger and of all apps that name some."""
    broken = [(one.name, list(one.offenders)) for one in identity_violations()]
    assert broken == [], broken
