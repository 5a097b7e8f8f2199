"""Debt paid back out of anybody's funding wallet, at any price and with any oracle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.errors import DomainError
from custody.errors import AccountFrozen
from custody.selectors import is_frozen
from ledger.transactions import one_transaction
from vaults.errors import InvalidState
from vaults.models import Vault
from vaults.rules.repaying import Repayment, repayment
from vaults.rules.statuses import OWING, VaultStatus
from vaults.selectors_figures import figures_in_force
from vaults.services.changes import locked_vault, store
from vaults.services.money import Accounts, funds_refusal, locked_accounts, post_repayment
from vaults.services.operations import Deed, Json, earlier, keep
from vaults.services.rate import hold_rate
from vaults.services.relief import relieve

EVENT = "REPAID"
OWNER, ANOTHER = "owner", "another"


@dataclass(frozen=True, slots=True)
class Repay:
    """`amount_atoms` None: all. `key` is the payer's own name for it."""

    payer_id: int
    vault_id: UUID
    key: str
    amount_atoms: int | None

    @property
    def content(self) -> Json:
        return {"amount_atoms": self.amount_atoms}


@dataclass(frozen=True, slots=True)
class Repaid:
    """`paid_atoms` left the payer's wallet; `debt_atoms` are still owed, which only the owner is told."""

    vault_id: UUID
    is_owner: bool
    paid_atoms: int
    debt_atoms: int
    status: str
    version: int


@one_transaction
def repay(ask: Repay, now: datetime) -> Repaid:
    """Raises, in this order: VaultNotFound, KeyReused, InvalidState, AccountFrozen (of another's vault only:
    money would leave a frozen account), what `rules.repaying` refuses, InsufficientFunds."""
    vault = locked_vault(ask.vault_id)
    is_owner = vault.owner_id == ask.payer_id
    answer = earlier(ask.payer_id, ask.key, Deed.REPAY, ask.vault_id, ask.content)
    if answer is not None:
        return Repaid(vault_id=vault.pk, is_owner=is_owner, **answer)
    check_owing(vault)
    if not is_owner and is_frozen(ask.payer_id):
        raise AccountFrozen
    rate_ray = hold_rate().rate_ray
    paid = decided(vault, rate_ray, ask.amount_atoms)
    # Past this line it succeeds, unless the payer's money is not enough.
    vault.normalised_atoms = paid.normalised_after_atoms
    relieve(vault, now)
    facts = facts_of(paid)
    who = OWNER if is_owner else ANOTHER
    store(vault, EVENT, {**facts, "payer": who, "rate_ray": str(rate_ray)}, now)
    answer = {**facts, "status": str(vault.status), "version": vault.version}
    keep(ask.payer_id, ask.key, Deed.REPAY, vault.pk, ask.content, answer, now)
    accounts = locked_accounts(ask.payer_id)  # the house's is everybody's: held for what is left alone
    check_funds(accounts, paid)
    post_repayment(vault, accounts, paid)
    return Repaid(vault_id=vault.pk, is_owner=is_owner, **answer)


def check_owing(vault: Vault) -> None:
    """Raises InvalidState."""
    if VaultStatus(vault.status) not in OWING:
        raise InvalidState(status=str(vault.status))


def decided(vault: Vault, rate_ray: int, amount_atoms: int | None) -> Repayment:
    """Raises what `rules.repaying` refuses."""
    found = repayment(vault.normalised_atoms, rate_ray, amount_atoms, figures_in_force().debt_floor_atoms)
    if isinstance(found, DomainError):
        raise found
    return found


def check_funds(accounts: Accounts, paid: Repayment) -> None:
    """Raises InsufficientFunds."""
    refusal = funds_refusal(accounts, paid.pays_atoms)
    if refusal is not None:
        raise refusal


def facts_of(paid: Repayment) -> dict[str, int]:
    return {"paid_atoms": paid.pays_atoms, "debt_atoms": paid.debt_after_atoms}
