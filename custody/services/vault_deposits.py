"""A customer's own bitcoin into his own vault: a withdrawal like any other, whose address is the vault's.

All that holds for withdrawals holds for these: whose vault it is proves nothing about who asks.
"""

from datetime import datetime
from hashlib import sha256

from access.services import Origin
from custody.bitcoin.types import RECEIVE
from custody.errors import BelowMinimum, WalletNotFound
from custody.models import WatchedScript, Withdrawal
from custody.rules.statuses import Trail
from custody.rules.withdrawals import BTC_DECIMALS
from custody.selectors_terms import terms_in_force
from custody.services.allowed_addresses import Target
from custody.services.withdrawals import Wanted, check_withdrawal, enter_withdrawal
from ledger.money import format_atoms


def vault_deposit(*, owner_id: int, key: str, reference: str, amount_sats: int) -> Wanted:
    """What is asked for: `amount_sats` into the wallet `reference`, and the fee on top. Its key stays apart
    from those that the customer gives his withdrawals. Raises WalletNotFound, for another's too, and
    BelowMinimum for what would never count as a deposit."""
    own = WatchedScript.objects.filter(trail=Trail.VAULT, branch=RECEIVE, owner_id=owner_id)
    watched = own.filter(wallet=reference).first()
    if watched is None:
        raise WalletNotFound
    least_sats = terms_in_force().min_deposit_sats
    if amount_sats < least_sats:
        raise BelowMinimum(field="amount", minimum=format_atoms(least_sats, BTC_DECIMALS))
    name = f"vault-{sha256(f'{reference}:{key}'.encode()).hexdigest()[:32]}"
    return Wanted(owner_id, name, Target(address=watched.address), amount_sats)


def check_vault_deposit(*, wanted: Wanted, code: str, now: datetime) -> Withdrawal | None:
    """Outside any transaction, before `withdraw_to_vault`. Raises as `request_withdrawal` does."""
    return check_withdrawal(wanted=wanted, code=code, now=now)


def withdraw_to_vault(*, wanted: Wanted, code: str, now: datetime, origin: Origin) -> Withdrawal:
    """Inside the caller's transaction, as the last thing in it. A repeat by the key gives the first one."""
    return enter_withdrawal(wanted=wanted, code=code, now=now, origin=origin)
