"""The ledger's part of what vaults do with dollars: accounts locked, then a deed's transfers in one call.

The accounts come last of all locks. A transfer's key names the vault and the version of its event.
"""

from dataclasses import dataclass

from django.db import connection

from access.together import Question, Together
from ledger.batch import (
    AccountKey,
    BatchTransfer,
    LockedAccount,
    account_ids,
    lock_accounts,
    post_locked,
    standing_question,
)
from ledger.errors import InsufficientFunds
from ledger.rules import Purpose
from vaults.faults import fault_point
from vaults.models import Vault
from vaults.rules.repaying import Repayment
from vaults.rules.texts import dollars

USDB = "USDB"
MINTED, REPAID, ROUNDING = "VAULT_MINT", "VAULT_REPAYMENT", "VAULT_ROUNDING"
_DEBT = AccountKey(None, USDB, Purpose.VAULT_DEBT)
_ROUNDING = AccountKey(None, USDB, Purpose.VAULT_ROUNDING)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Of one customer and of the house, under their locks."""

    funding: LockedAccount
    debt: LockedAccount
    rounding: LockedAccount

    @property
    def house_debt_atoms(self) -> int:
        """What all vaults owe."""
        return -self.debt.balance_atoms


def accounts_question(owner_id: int) -> Question[bool]:
    """Whether `open_accounts` has nothing to do."""
    return standing_question(_keys(owner_id))


def open_accounts(owner_id: int) -> None:
    """So that no deed has to, under its locks. Repeatable."""
    with connection.cursor() as cursor:
        account_ids(cursor, _keys(owner_id))


def locked_accounts(owner_id: int, *others: AccountKey) -> Accounts:
    """Until the transaction ends. `others` are locked with them, for who moves those as well."""
    assert connection.in_atomic_block
    keys = _keys(owner_id)
    with connection.cursor() as cursor:
        found = lock_accounts(cursor, [*keys, *others])
        if any(key not in found for key in keys):
            account_ids(cursor, keys)
            found = lock_accounts(cursor, [*keys, *others])
    funding, debt, rounding = (found[key] for key in keys)
    return Accounts(funding, debt, rounding)


def funds_refusal(accounts: Accounts, atoms: int) -> InsufficientFunds | None:
    available_atoms = accounts.funding.available_atoms
    if atoms <= available_atoms:
        return None
    return InsufficientFunds(
        "Not enough USDB.",
        field="amount",
        asset=USDB,
        available=dollars(available_atoms),
        required=dollars(atoms),
    )


def post_mint(
    changes: Together, vault: Vault, accounts: Accounts, amount_atoms: int, rounding_atoms: int
) -> None:
    """Of the vault's latest event: dollars to the customer, and what rounding adds to the debt."""
    debt_id, rounding_id = accounts.debt.id, accounts.rounding.id
    _post(
        changes,
        _transfer(vault, debt_id, accounts.funding.id, amount_atoms, MINTED),
        _transfer(vault, debt_id, rounding_id, rounding_atoms, ROUNDING),
    )


def post_repayment(changes: Together, vault: Vault, accounts: Accounts, paid: Repayment) -> None:
    """Of the vault's latest event: what the debt falls by, and the rest of what was paid."""
    funding_id = accounts.funding.id
    _post(
        changes,
        _transfer(vault, funding_id, accounts.debt.id, paid.debt_falls_by_atoms, REPAID),
        _transfer(vault, funding_id, accounts.rounding.id, paid.rounding_atoms, ROUNDING),
    )


def _keys(owner_id: int) -> tuple[AccountKey, AccountKey, AccountKey]:
    return AccountKey(owner_id, USDB, Purpose.FUNDING), _DEBT, _ROUNDING


def _transfer(vault: Vault, debit_id: int, credit_id: int, atoms: int, code: str) -> BatchTransfer:
    event = f"{vault.stream}:{vault.version}"
    return BatchTransfer(debit_id, credit_id, atoms, code, f"{event}:{code}", event)


def _post(changes: Together, *transfers: BatchTransfer) -> None:
    fault_point("deed_posting")
    post_locked(changes, [one for one in transfers if one.amount_atoms])
