"""The stability fee's clock: the rate moves to now, and what all vaults owe more is booked as fees.

Nobody moves debt meanwhile. Its events are the stream `stability-fee`, whose versions are the accruals.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Sum

from ledger.batch import AccountKey, BatchTransfer, account_ids, post_batch
from ledger.rules import Purpose
from ledger.selectors import assets, house_balance, transfers_of
from ledger.streams import NewEvent, append_events
from vaults.meters import note_accrual
from vaults.models import FeeAccumulator, Vault
from vaults.rules.accruing import SECOND_MS, Accrual, accrual, due_seconds
from vaults.rules.moments import milliseconds
from vaults.selectors_figures import figures_in_force
from vaults.services.rate import begin_accumulator, lock_rate

STREAM = "stability-fee"
ACCRUED = "ACCRUED"
_USDB = "USDB"
_DEBT, _FEES, _ROUNDING = (
    AccountKey(None, _USDB, purpose) for purpose in (Purpose.VAULT_DEBT, Purpose.FEES, Purpose.VAULT_ROUNDING)
)


@transaction.atomic
def accrue(now: datetime) -> int:
    """Atoms of fees: 0 where no whole second passed, or the clock went back. What was missed is one step."""
    if _USDB not in assets():
        return 0  # before a house's first release
    begin_accumulator(now)
    with connection.cursor() as cursor:
        accounts = account_ids(cursor, [_DEBT, _FEES, _ROUNDING])  # before anything is locked
    row = lock_rate()
    seconds = due_seconds(row.accrued_ms, milliseconds(now))
    if not seconds:
        return 0
    fee_ppm = figures_in_force().stability_fee_ppm
    normalised_atoms = Vault.objects.aggregate(total=Sum("normalised_atoms", default=0))["total"]
    done = accrual(
        rate_ray=row.rate_ray,
        fee_ppm=fee_ppm,
        seconds=seconds,
        normalised_atoms=int(normalised_atoms),
        booked_atoms=-house_balance(asset=_USDB, purpose=Purpose.VAULT_DEBT),
    )
    _move(row, done)
    _post(row.accruals, done, accounts)
    content = _content(done, fee_ppm, int(normalised_atoms))
    content["after_transfer"] = _last_transfer(accounts[_DEBT])
    append_events([NewEvent(STREAM, row.accruals, ACCRUED, content)])
    note_accrual(done.fee_atoms)
    return done.fee_atoms


def _move(row: FeeAccumulator, done: Accrual) -> None:
    row.rate_ray = done.rate_ray
    row.accrued_ms += done.seconds * SECOND_MS
    row.accruals += 1
    row.save(update_fields=["rate_ray", "accrued_ms", "accruals"])


def _post(number: int, done: Accrual, accounts: dict[AccountKey, int]) -> None:
    key, of = f"vaults:accrual:{number}", f"{STREAM}:{number}"
    debt, fees, rounding = accounts[_DEBT], accounts[_FEES], accounts[_ROUNDING]
    debit, credit = (debt, rounding) if done.rounding_atoms > 0 else (rounding, debt)
    transfers = [
        BatchTransfer(debt, fees, done.fee_atoms, "VAULT_FEE", key, of),
        BatchTransfer(debit, credit, abs(done.rounding_atoms), "VAULT_ROUNDING", f"{key}:rounding", of),
    ]
    with connection.cursor() as cursor:
        post_batch(cursor, [one for one in transfers if one.amount_atoms])


def _last_transfer(account_id: int) -> int:
    """What moves debt later rounds for itself until the next accrual."""
    found = transfers_of(account_id=account_id, limit=1)
    return found[0].pk if found else 0


def _content(done: Accrual, fee_ppm: int, normalised_atoms: int) -> dict[str, object]:
    """The rate as text: it is more than what JSON's readers keep of a number."""
    return {
        "rate_ray": str(done.rate_ray),
        "seconds": done.seconds,
        "fee_ppm": fee_ppm,
        "normalised_atoms": normalised_atoms,
        "fee_atoms": done.fee_atoms,
        "rounding_atoms": done.rounding_atoms,
    }
