"""A vault in danger saved by one call: debt repaid, its owner's own bitcoin sent to it, or both.

Both happen in one transaction or neither does. What is sent is collateral once the chain has it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.services import Origin
from access.together import Together
from custody.services.vault_deposits import check_vault_deposit, vault_deposit, withdraw_to_vault
from custody.services.withdrawal_lock import lock_withdrawals
from custody.services.withdrawals import Wanted
from ledger.batch import AccountKey
from ledger.rules import Purpose
from ledger.transactions import one_transaction
from vaults.errors import InvalidState, NothingToSave
from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.repaying import Repayment
from vaults.rules.statuses import VaultStatus
from vaults.selectors import vault_of
from vaults.selectors_figures import figures_in_force
from vaults.services.changes import add_change, locked_vault
from vaults.services.money import Accounts, locked_accounts, post_repayment
from vaults.services.operations import Deed, Json, earlier, keep
from vaults.services.rate import hold_rate
from vaults.services.relief import relieve
from vaults.services.repaying import check_funds, check_owing, decided

EVENT = "SAVED"
_S = VaultStatus
_TAKES_MORE = (_S.PENDING, _S.ACTIVE, _S.WARNING, _S.LIQUIDATING, _S.FROZEN)


@dataclass(frozen=True, slots=True)
class Save:
    """At least one of the two amounts. Of more than is owed only the debt is paid. The fee comes on top of
    `deposit_sats`, which need the second factor's `code`."""

    owner_id: int
    vault_id: UUID
    key: str
    repay_atoms: int | None = None
    deposit_sats: int | None = None
    code: str = ""

    @property
    def content(self) -> Json:
        return {"repay_atoms": self.repay_atoms, "deposit_sats": self.deposit_sats}


@dataclass(frozen=True, slots=True)
class Saved:
    """`withdrawal_id`: custody's, of the bitcoin that is on its way to the vault; "" without a deposit."""

    vault_id: UUID
    paid_atoms: int
    debt_atoms: int
    deposit_sats: int
    withdrawal_id: str
    status: str
    version: int


def save(ask: Save, now: datetime, origin: Origin) -> Saved:
    """Call it outside any transaction, for a wrong code counts whatever becomes of the rest. Raises, in this
    order: NothingToSave, VaultNotFound, KeyReused, InvalidState, what a withdrawal raises, a repayment."""
    if ask.repay_atoms is None and ask.deposit_sats is None:
        raise NothingToSave
    vault = vault_of(ask.owner_id, ask.vault_id)
    if found := _earlier(ask):
        return found
    _check_state(ask, vault)
    wanted = None
    if ask.deposit_sats is not None:
        wanted = vault_deposit(
            owner_id=ask.owner_id, key=ask.key, reference=vault.reference, amount_sats=ask.deposit_sats
        )
        check_vault_deposit(wanted=wanted, code=ask.code, now=now)
    return _save(ask, wanted, now, origin)


@one_transaction
def _save(ask: Save, wanted: Wanted | None, now: datetime, origin: Origin) -> Saved:
    vault = locked_vault(ask.vault_id, owner_id=ask.owner_id)
    if found := _earlier(ask):
        return found
    _check_state(ask, vault)
    rate_ray = hold_rate().rate_ray
    paid = None if ask.repay_atoms is None else decided(vault, rate_ray, ask.repay_atoms, figures_in_force())
    accounts = _locked(ask, wanted)
    if paid is not None:
        check_funds(accounts, paid)
    withdrawal_id = ""
    if wanted is not None:
        # The last that may refuse. All accounts are locked already, so nobody waits for us in a circle.
        withdrawal_id = str(withdraw_to_vault(wanted=wanted, code=ask.code, now=now, origin=origin).pk)
    # Past this line it must succeed.
    return _carry_out(ask, vault, paid, rate_ray, accounts, withdrawal_id, now)


def _earlier(ask: Save) -> Saved | None:
    answer = earlier(ask.owner_id, ask.key, Deed.SAVE, ask.vault_id, ask.content)
    return None if answer is None else Saved(vault_id=ask.vault_id, **answer)


def _check_state(ask: Save, vault: Vault) -> None:
    if ask.repay_atoms is not None:
        check_owing(vault)
    if VaultStatus(vault.status) not in _TAKES_MORE:
        raise InvalidState(status=str(vault.status))


def _locked(ask: Save, wanted: Wanted | None) -> Accounts:
    """Those of both movements at once, in the order in which everybody takes them."""
    if wanted is None:
        return locked_accounts(ask.owner_id)
    lock_withdrawals()
    funding = AccountKey(ask.owner_id, "BTC", Purpose.FUNDING)
    return locked_accounts(ask.owner_id, funding, AccountKey(None, "BTC", Purpose.WITHDRAWALS))


def _carry_out(
    ask: Save,
    vault: Vault,
    paid: Repayment | None,
    rate_ray: int,
    accounts: Accounts,
    withdrawal_id: str,
    now: datetime,
) -> Saved:
    if paid is not None:
        vault.normalised_atoms = paid.normalised_after_atoms
        relieve(vault, now)
    facts = {
        "paid_atoms": 0 if paid is None else paid.pays_atoms,
        "debt_atoms": debt_atoms(vault.normalised_atoms, rate_ray),
        "deposit_sats": ask.deposit_sats or 0,
        "withdrawal_id": withdrawal_id,
    }
    changes = Together()
    add_change(changes, vault, EVENT, {**facts, "rate_ray": str(rate_ray)}, now)
    if paid is not None:
        post_repayment(changes, vault, accounts, paid)
    answer: Json = {**facts, "status": str(vault.status), "version": vault.version}
    keep(changes, ask.owner_id, ask.key, Deed.SAVE, vault.pk, ask.content, answer, now)
    return Saved(vault_id=vault.pk, **answer)
