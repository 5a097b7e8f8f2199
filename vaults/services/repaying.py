"""Debt paid back out of anybody's funding wallet, at any price and with any oracle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.errors import DomainError
from access.together import Answer, Row, Together
from custody.errors import AccountFrozen
from custody.selectors import frozen_question
from ledger.transactions import one_transaction
from vaults.errors import InvalidState
from vaults.models import Vault
from vaults.rules.figures import Figures
from vaults.rules.repaying import Repayment, repayment
from vaults.rules.statuses import OWING, VaultStatus
from vaults.selectors_figures import figures_question
from vaults.selectors_rate import Rate
from vaults.services.changes import add_change, found_vault, locking_question
from vaults.services.money import Accounts, funds_refusal, locked_accounts, post_repayment
from vaults.services.operations import Deed, Json, earlier_question, first_answer, keep
from vaults.services.rate import held_rate
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
    found = _look(ask)
    vault = found_vault(found.vault.value)
    is_owner = vault.owner_id == ask.payer_id
    answer = first_answer(found.earlier.value, Deed.REPAY, ask.vault_id, ask.content)
    if answer is not None:
        return Repaid(vault_id=vault.pk, is_owner=is_owner, **answer)
    check_owing(vault)
    if not is_owner and found.is_frozen.value:
        raise AccountFrozen
    rate_ray = found.rate.value.rate_ray
    paid = decided(vault, rate_ray, ask.amount_atoms, found.in_force.value)
    vault.normalised_atoms = paid.normalised_after_atoms
    relieve(vault, now)
    accounts = locked_accounts(ask.payer_id)  # the house's is everybody's: held for what is left alone
    check_funds(accounts, paid)
    # Past this line it must succeed.
    changes, facts = Together(), facts_of(paid)
    who = OWNER if is_owner else ANOTHER
    add_change(changes, vault, EVENT, {**facts, "payer": who, "rate_ray": str(rate_ray)}, now)
    post_repayment(changes, vault, accounts, paid)
    answer = {**facts, "status": str(vault.status), "version": vault.version}
    keep(changes, ask.payer_id, ask.key, Deed.REPAY, vault.pk, ask.content, answer, now)
    return Repaid(vault_id=vault.pk, is_owner=is_owner, **answer)


@dataclass(frozen=True, slots=True)
class _Found:
    """The vault, locked, and what is asked with it after it is, so that all is of the same moment."""

    vault: Answer[Vault | None]
    rate: Answer[Rate]
    earlier: Answer[Row | None]
    is_frozen: Answer[bool]
    in_force: Answer[Figures]


def _look(ask: Repay) -> _Found:
    asked = Together()
    found = _Found(
        vault=asked.ask(locking_question(ask.vault_id)),
        rate=held_rate(asked),
        earlier=asked.ask(earlier_question(ask.payer_id, ask.key)),
        is_frozen=asked.ask(frozen_question(ask.payer_id)),
        in_force=asked.ask(figures_question()),
    )
    asked.send()
    return found


def check_owing(vault: Vault) -> None:
    """Raises InvalidState."""
    if VaultStatus(vault.status) not in OWING:
        raise InvalidState(status=str(vault.status))


def decided(vault: Vault, rate_ray: int, amount_atoms: int | None, in_force: Figures) -> Repayment:
    """Raises what `rules.repaying` refuses."""
    found = repayment(vault.normalised_atoms, rate_ray, amount_atoms, in_force.debt_floor_atoms)
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
