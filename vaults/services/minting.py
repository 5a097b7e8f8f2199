"""Dollars made of a vault's bitcoin, into its owner's funding wallet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from access.errors import DomainError
from access.roles import Permission, permissions_question, require_among
from access.together import Answer, Row, Together
from custody.errors import AccountFrozen
from custody.selectors import frozen_question
from ledger.transactions import one_transaction
from oracle.rules import MintPrice, PriceView, mint_price
from oracle.selectors import view_question
from vaults.errors import InvalidState, MintingNotOpen
from vaults.models import Vault
from vaults.rules.figures import Figures
from vaults.rules.minting import Backing, Guards, Minting, minting
from vaults.rules.moments import milliseconds
from vaults.rules.ratios import ratio_ppm
from vaults.rules.statuses import FREE, VaultStatus
from vaults.selectors import WAITS_FOR_COIN, backing_of, house_debit_question, waiting_question
from vaults.selectors_figures import figures_question
from vaults.selectors_rate import Rate
from vaults.services.changes import add_change, found_vault, locking_question
from vaults.services.money import Accounts, locked_accounts, post_mint
from vaults.services.operations import Deed, Json, earlier_question, first_answer, keep
from vaults.services.rate import held_rate

EVENT = "MINTED"


@dataclass(frozen=True, slots=True)
class Mint:
    """What an owner asks for. `key` is his own name for it. He is refused where the ratio would be below
    `min_ratio_ppm` or the debt above `max_debt_atoms`, whatever the price has become meanwhile."""

    owner_id: int
    vault_id: UUID
    key: str
    amount_atoms: int
    min_ratio_ppm: int | None = None
    max_debt_atoms: int | None = None

    @property
    def content(self) -> Json:
        return {
            "amount_atoms": self.amount_atoms,
            "min_ratio_ppm": self.min_ratio_ppm,
            "max_debt_atoms": self.max_debt_atoms,
        }


@dataclass(frozen=True, slots=True)
class Minted:
    """What was done: `debt_atoms` and `ratio_ppm` after it, at `price_e8`, the mint price that counted."""

    vault_id: UUID
    amount_atoms: int
    debt_atoms: int
    ratio_ppm: int
    price_e8: int
    round_id: int
    version: int


@one_transaction
def mint(ask: Mint, now: datetime) -> Minted:
    """Raises, in this order: VaultNotFound, KeyReused, MintingNotOpen, NotPermitted, AccountFrozen,
    InvalidState, what `oracle.selectors.price_for_mint` raises, and what `rules.minting` refuses."""
    found = _look(ask)
    vault = found_vault(found.vault.value)
    answer = first_answer(found.earlier.value, Deed.MINT, ask.vault_id, ask.content)
    if answer is not None:
        return Minted(vault_id=vault.pk, **answer)
    _check(vault, found)
    price = mint_price(found.price.value, milliseconds(now))
    rate, in_force = found.rate.value, found.in_force.value
    backing = backing_of(vault, rate.rate_ray, price)
    decided = _decided(ask, backing, in_force, -found.house_debit.value)
    accounts = locked_accounts(ask.owner_id)  # the house's is everybody's: held for what is left alone
    _decided(ask, backing, in_force, accounts.house_debt_atoms)
    # Past this line it must succeed.
    return _carry_out(ask, vault, accounts, decided, price, rate, now)


@dataclass(frozen=True, slots=True)
class _Found:
    """The vault, locked, and what is asked with it after it is, so that all is of the same moment."""

    vault: Answer[Vault | None]
    rate: Answer[Rate]
    earlier: Answer[Row | None]
    permissions: Answer[frozenset[Permission]]
    is_frozen: Answer[bool]
    waits_for_coin: Answer[bool]
    price: Answer[PriceView]
    in_force: Answer[Figures]
    house_debit: Answer[int]


def _look(ask: Mint) -> _Found:
    asked = Together()
    found = _Found(
        vault=asked.ask(locking_question(ask.vault_id, owner_id=ask.owner_id)),
        rate=held_rate(asked),
        earlier=asked.ask(earlier_question(ask.owner_id, ask.key)),
        permissions=asked.ask(permissions_question(ask.owner_id)),
        is_frozen=asked.ask(frozen_question(ask.owner_id)),
        waits_for_coin=asked.ask(waiting_question(ask.vault_id)),
        price=asked.ask(view_question()),
        in_force=asked.ask(figures_question()),
        house_debit=asked.ask(house_debit_question()),
    )
    asked.send()
    return found


def _decided(ask: Mint, backing: Backing, in_force: Figures, house_debt: int) -> Minting:
    """Raises what `rules.minting` refuses."""
    guards = Guards(ask.min_ratio_ppm, ask.max_debt_atoms)
    found = minting(backing, ask.amount_atoms, in_force, house_debt, guards)
    if isinstance(found, DomainError):
        raise found
    return found


def _check(vault: Vault, found: _Found) -> None:
    """All that needs no figures."""
    if not settings.DEMO:
        raise MintingNotOpen
    require_among(found.permissions.value, Permission.MODIFY_VAULT)
    if found.is_frozen.value:
        raise AccountFrozen
    if VaultStatus(vault.status) not in FREE:
        raise InvalidState(status=str(vault.status))
    # What owes and waits for a coin is FROZEN; what owes nothing must not begin to.
    if not vault.normalised_atoms and found.waits_for_coin.value:
        raise InvalidState(WAITS_FOR_COIN, status=str(vault.status))


def _carry_out(
    ask: Mint,
    vault: Vault,
    accounts: Accounts,
    decided: Minting,
    price: MintPrice,
    rate: Rate,
    now: datetime,
) -> Minted:
    """The state stays: whether the vault has come into the range of the warning, the scan says and tells."""
    vault.normalised_atoms = decided.normalised_after_atoms
    after_ppm = ratio_ppm(vault.collateral_sats, decided.debt_after_atoms, price.price_e8)
    assert after_ppm is not None, "what was minted is owed"
    facts = {
        "amount_atoms": ask.amount_atoms,
        "debt_atoms": decided.debt_after_atoms,
        "ratio_ppm": after_ppm,
        "price_e8": price.price_e8,
        "round_id": price.round_id,
    }
    changes = Together()
    add_change(changes, vault, EVENT, {**facts, "rate_ray": str(rate.rate_ray)}, now)
    post_mint(changes, vault, accounts, ask.amount_atoms, decided.rounding_atoms)
    answer = {**facts, "version": vault.version}
    keep(changes, ask.owner_id, ask.key, Deed.MINT, vault.pk, ask.content, answer, now)
    return Minted(vault_id=vault.pk, **answer)
