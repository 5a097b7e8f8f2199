"""What an owner takes out of his vault: a part of it, or all when he closes it. Planned here, signed by him.

The collateral falls with the plan, so that what is on its way out covers nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from access.roles import Permission, require
from access.services import Origin
from access.together import Together
from custody.bitcoin.plans import MAX_INPUTS
from custody.bitcoin.types import Payment
from custody.errors import AccountFrozen, FundsTooSmall
from custody.selectors import is_frozen
from custody.selectors_vaults import BEGINNING, is_told_after
from custody.selectors_withdrawals import is_paying
from custody.services.spending.vaults import (
    PlannedSpend,
    plan_vault_spend,
    plan_vault_sweep,
    vault_fee_rate,
)
from ledger.transactions import one_transaction
from oracle.selectors import price_for_mint
from vaults.errors import CollateralTooSmall, InvalidState, StillOwing
from vaults.models import CoinCursor, CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.accumulator import debt_atoms
from vaults.rules.moments import milliseconds
from vaults.rules.statuses import FREE, CoinStatus, VaultEvent, VaultStatus, WithdrawalKind, WithdrawalStatus
from vaults.rules.taking import take_refusal
from vaults.rules.texts import dollars
from vaults.selectors import withdrawal_of
from vaults.services.auditing import SYSTEM, note_close, note_withdrawal
from vaults.services.changes import locked_vault, step, store
from vaults.services.operations import Deed, earlier, keep
from vaults.services.rate import hold_rate
from vaults.services.withdrawals import (
    UNENDED,
    begin,
    cancel_unasked,
    free_coin_ids,
    refuse_one_too_many,
)

_CLOSABLE = (*FREE, VaultStatus.PENDING, VaultStatus.LIQUIDATED, VaultStatus.CLOSING)
BY_OWNER = "CANCELED_BY_OWNER"


@dataclass(frozen=True, slots=True)
class Take:
    """`min_ratio_ppm`: the least that the vault must have left, at the price of the moment."""

    owner_id: int
    vault_id: UUID
    key: str
    amount_sats: int
    address: str
    min_ratio_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """`address` gets all that is in the vault, less the miners' fee."""

    owner_id: int
    vault_id: UUID
    key: str
    address: str


def withdraw(ask: Take, now: datetime, origin: Origin = SYSTEM) -> CollateralWithdrawal:
    """Plan it: its `psbt` is what the owner signs. Only a vault without debt needs no price.

    Raises VaultNotFound, KeyReused, NotPermitted, AccountFrozen, InvalidState, TooManyOpenWithdrawals,
    NoPrice and its kinds, AmountOutOfRange, CollateralTooSmall, BelowMinimumRatio, RatioMoved,
    InvalidAddress, BelowMinimum.
    """
    return _withdraw(ask, vault_fee_rate(), now, origin)


@one_transaction
def _withdraw(ask: Take, fee_rate: int, now: datetime, origin: Origin) -> CollateralWithdrawal:
    vault = locked_vault(ask.vault_id, owner_id=ask.owner_id)
    content = {"amount_sats": ask.amount_sats, "address": ask.address, "min_ratio_ppm": ask.min_ratio_ppm}
    if answer := earlier(ask.owner_id, ask.key, Deed.WITHDRAW, vault.pk, content):
        return CollateralWithdrawal.objects.get(pk=answer["withdrawal_id"])
    refuse_to_let_go(vault, ask.owner_id)
    if VaultStatus(vault.status) not in FREE:
        raise InvalidState(status=vault.status)
    refuse_one_too_many(vault)
    judge = _Judge.of(vault, ask, now)
    judge.refuse(fee_sats=0)  # before coins are looked for
    row = CollateralWithdrawal(
        pk=uuid4(), kind=WithdrawalKind.WITHDRAW, address=ask.address, amount_sats=ask.amount_sats
    )
    planned = _planned(vault, row, fee_rate)
    judge.refuse(fee_sats=planned.fee_sats)
    # From here on it succeeds: what was planned so far a refusal has undone.
    begin(vault, row, planned, now, **judge.grounds)
    answer = {"withdrawal_id": str(row.pk)}
    keep(Together(), ask.owner_id, ask.key, Deed.WITHDRAW, vault.pk, content, answer, now)
    note_withdrawal(origin, "planned", row)
    return row


@dataclass(frozen=True, slots=True)
class _Judge:
    """What a withdrawal is judged by, read once."""

    vault: Vault
    ask: Take
    debt_atoms: int
    price_e8: int | None

    @classmethod
    def of(cls, vault: Vault, ask: Take, now: datetime) -> "_Judge":
        return cls(vault, ask, *owed_and_price(vault, now))

    @property
    def grounds(self) -> dict[str, int]:
        """For its event; none where nothing is owed."""
        return {} if self.price_e8 is None else {"debt_atoms": self.debt_atoms, "price_e8": self.price_e8}

    def refuse(self, *, fee_sats: int) -> None:
        refusal = take_refusal(
            collateral_sats=self.vault.collateral_sats,
            amount_sats=self.ask.amount_sats,
            fee_sats=fee_sats,
            debt_atoms=self.debt_atoms,
            price_e8=self.price_e8,
            min_ratio_ppm=self.vault.figures.min_ratio_ppm,
            guard_ratio_ppm=self.ask.min_ratio_ppm,
        )
        if refusal is not None:
            raise refusal


def owed_and_price(vault: Vault, now: datetime) -> tuple[int, int | None]:
    """Its debt, and the mint price where it owes anything. Takes the lock of the rate. Raises NoPrice."""
    owed_atoms = debt_atoms(vault.normalised_atoms, hold_rate().rate_ray)
    if not owed_atoms:
        return 0, None
    return owed_atoms, price_for_mint(now_ms=milliseconds(now)).price_e8


def refuse_to_let_go(vault: Vault, owner_id: int) -> None:
    """Raises NotPermitted, AccountFrozen."""
    require(owner_id, Permission.MODIFY_VAULT)
    if is_frozen(vault.owner_id):
        raise AccountFrozen


def _planned(vault: Vault, row: CollateralWithdrawal, fee_rate: int) -> PlannedSpend:
    payment = Payment(row.address, row.amount_sats, payment_reference(row))
    coins = free_coin_ids(vault)
    try:
        return plan_vault_spend(
            reference=vault.reference, payments=[payment], fee_rate=fee_rate, coin_ids=coins
        )
    except FundsTooSmall as error:
        raise _too_small(error) from None


def _too_small(error: FundsTooSmall) -> CollateralTooSmall:
    available, required = error.details["available"], error.details["required"]
    return CollateralTooSmall(field="amount", available=available, required=required)


def payment_reference(row: CollateralWithdrawal) -> str:
    """What signers know the payment by: never of another plan."""
    return f"vault-withdrawal:{row.pk}"


def close(ask: Close, now: datetime, origin: Origin = SYSTEM) -> CollateralWithdrawal | None:
    """Send all of it home; None where nothing of it can be sent now. It is CLOSED when nothing is left and
    nothing is on its way; what comes meanwhile is sent by closing it again.

    Raises VaultNotFound, KeyReused, NotPermitted, AccountFrozen, StillOwing, InvalidState,
    TooManyOpenWithdrawals, InvalidAddress, BelowMinimum, CollateralTooSmall.
    """
    return _close(ask, vault_fee_rate(), now, origin)


@one_transaction
def _close(ask: Close, fee_rate: int, now: datetime, origin: Origin) -> CollateralWithdrawal | None:
    vault = locked_vault(ask.vault_id, owner_id=ask.owner_id)
    content = {"address": ask.address}
    if answer := earlier(ask.owner_id, ask.key, Deed.CLOSE, vault.pk, content):
        return CollateralWithdrawal.objects.filter(pk=answer["withdrawal_id"]).first()
    refuse_to_let_go(vault, ask.owner_id)
    if vault.normalised_atoms:
        raise StillOwing(debt=dollars(debt_atoms(vault.normalised_atoms, hold_rate().rate_ray)))
    if VaultStatus(vault.status) not in _CLOSABLE:
        raise InvalidState(status=vault.status)
    coins = free_coin_ids(vault)[:MAX_INPUTS]
    row = _sweep(vault, ask, coins, fee_rate, now) if coins else None
    if row is None:
        _close_without_coins(vault, now)
    kept = {"withdrawal_id": None if row is None else str(row.pk)}
    keep(Together(), ask.owner_id, ask.key, Deed.CLOSE, vault.pk, content, kept, now)
    if row is None:
        note_close(origin, vault)
    else:
        note_withdrawal(origin, "planned", row)
    return row


def _sweep(vault: Vault, ask: Close, coins: list[int], fee_rate: int, now: datetime) -> CollateralWithdrawal:
    refuse_one_too_many(vault)
    row = CollateralWithdrawal(pk=uuid4(), kind=WithdrawalKind.CLOSE, address=ask.address)
    try:
        planned = plan_vault_sweep(
            reference=vault.reference,
            address=ask.address,
            payment_reference=payment_reference(row),
            fee_rate=fee_rate,
            coin_ids=coins,
        )
    except FundsTooSmall as error:
        raise _too_small(error) from None
    # From here on it succeeds.
    row.amount_sats = planned.amount_sats
    if vault.status != VaultStatus.CLOSING:
        step(vault, VaultEvent.CLOSE)
    begin(vault, row, planned, now)
    return row


def _close_without_coins(vault: Vault, now: datetime) -> None:
    """Raises InvalidState for one that was never funded while a deposit is on its way."""
    if is_any_coming(vault):
        if vault.status == VaultStatus.PENDING:
            raise InvalidState(
                "A deposit is on its way: close it when that is credited.", status=vault.status
            )
        if vault.status != VaultStatus.CLOSING:
            step(vault, VaultEvent.CLOSE)
            store(vault, "CLOSING", {}, now)
        return
    if vault.status not in (VaultStatus.PENDING, VaultStatus.CLOSING):
        step(vault, VaultEvent.CLOSE)
    step(vault, VaultEvent.FINISH)
    store(vault, "CLOSED", {}, now)


def is_any_coming(vault: Vault, besides: Collection[int] = ()) -> bool:
    """Whether bitcoin is on its way in or out, so that the vault is not done with: its owner's from this
    house, too. `besides`: custody's numbers of coins that are being followed right now."""
    # In the order in which one becomes the other: what was no withdrawal any more has been told since.
    if is_paying(vault.owner_id, vault.address):
        return True
    cursor = CoinCursor.objects.filter(pk=1).values_list("told_number", "after_id").first()
    if is_told_after(cursor or BEGINNING, vault.reference, besides):
        return True
    if CollateralWithdrawal.objects.filter(vault=vault, status__in=UNENDED).exists():
        return True
    coming = (CoinStatus.SEEN, CoinStatus.CONFIRMED, CoinStatus.GONE)
    return VaultCoin.objects.filter(vault=vault, status__in=coming).exists()


@one_transaction
def cancel(
    owner_id: int, vault_id: UUID, withdrawal_id: UUID, now: datetime, origin: Origin = SYSTEM
) -> CollateralWithdrawal:
    """Take a plan back that is not signed yet; one that was taken back stays so.

    Raises VaultNotFound, VaultWithdrawalNotFound, NotPermitted, InvalidState (custody's, too).
    """
    vault = locked_vault(vault_id, owner_id=owner_id)
    require(owner_id, Permission.MODIFY_VAULT)
    row = withdrawal_of(vault, withdrawal_id)
    if row.status == WithdrawalStatus.CANCELED:
        return row
    if row.status != WithdrawalStatus.PLANNED:
        raise InvalidState("It is signed: it can no longer be taken back.", status=row.status)
    # From here on it succeeds, unless custody knows better.
    cancel_unasked(vault, row, now, BY_OWNER)
    note_withdrawal(origin, "canceled", row)
    return row
