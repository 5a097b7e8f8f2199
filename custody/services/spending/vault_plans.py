"""Plans a vault's spend: coins of it held, the transaction fixed, what miners get within the house's terms.

Nothing is signed here, and nobody outside is asked: the fee rate is that of the latest turn of spending.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from custody.bitcoin import psbts
from custody.bitcoin.addresses import read_address
from custody.bitcoin.errors import BadAddress
from custody.bitcoin.plans import MAX_PAYMENTS, dust_sats
from custody.bitcoin.types import Payment, Purpose, WalletSpec
from custody.errors import BelowMinimum, FeeTooHigh, FundsTooSmall, InvalidAddress, WalletNotFound
from custody.models import Coin, FeeEstimate, Spend, SpendVersion, VaultWallet
from custody.rules.coins import Choice
from custody.rules.fees import RELAY_RATE, target_rate
from custody.rules.terms import Terms
from custody.rules.withdrawals import BTC_DECIMALS
from custody.selectors_terms import terms_in_force
from custody.services.spending.coins import choose_readable, free_coins, lock_rows, readable
from custody.services.spending.pay import FALLBACK_RATE
from custody.services.spending.sizing import aim_at
from custody.services.spending.versions import Intent, open_spend, plan_of
from custody.services.vault_wallets import vault_places, vault_spec
from custody.services.wallet_keys import network
from ledger.money import format_atoms

ESTIMATE_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PlannedSpend:
    """`psbt` is what the owner signs. `amount_sats` reach who is paid, `change_sats` go back into the vault,
    and the coins are worth both and the fee."""

    spend: Spend
    psbt: str
    txid: str
    amount_sats: int
    fee_sats: int
    change_sats: int
    coin_ids: tuple[int, ...]

    @property
    def spend_id(self) -> int:
        return self.spend.pk


@dataclass(frozen=True, slots=True)
class Quote:
    """What a spend would be if it were planned now; another rate or other coins make it another."""

    amount_sats: int
    fee_sats: int
    change_sats: int
    coin_ids: tuple[int, ...]


def plan_vault_spend(
    *, reference: str, payments: Sequence[Payment], fee_rate: int, coin_ids: Collection[int] | None = None
) -> PlannedSpend:
    """Hold confirmed coins of the vault, of `coin_ids` where they are given, and fix the transaction; what is
    left goes back into the vault.

    Each payment has a reference of its own, for ever. Raises InvalidAddress, BelowMinimum, WalletNotFound,
    FundsTooSmall, FeeTooHigh.
    """
    references = {payment.reference for payment in payments} - {""}
    assert 0 < len(payments) == len(references) <= MAX_PAYMENTS, "signers refuse it for good"
    scripts = [_script(payment) for payment in payments]
    with transaction.atomic():
        wallet = _wallet(reference, is_locked=True)
        coins = _coins(reference, coin_ids, is_locked=True)
        target = sum(payment.value_sats for payment in payments)
        choice = _choice(vault_spec(wallet), scripts, target, fee_rate, coins)
        # From here on it succeeds.
        return _planned(wallet, tuple(payments), coins, choice)


def plan_vault_sweep(
    *,
    reference: str,
    address: str,
    payment_reference: str,
    fee_rate: int,
    coin_ids: Collection[int] | None = None,
) -> PlannedSpend:
    """Everything to one address, the fee out of it: all confirmed coins of the vault, of `coin_ids` where
    they are given, that bring more than they cost; the largest where one transaction cannot have them all,
    or would pay miners more than the terms say.

    Raises InvalidAddress, BelowMinimum, WalletNotFound, FundsTooSmall, FeeTooHigh.
    """
    assert payment_reference, "signers refuse it for good"
    script = _read(address)
    with transaction.atomic():
        wallet = _wallet(reference, is_locked=True)
        coins = _coins(reference, coin_ids, is_locked=True)
        taken, amount = _everything(vault_spec(wallet), script, fee_rate, coins)
        fee = sum(coin.value_sats for coin in taken) - amount
        # From here on it succeeds.
        choice = Choice(tuple(coin.pk for coin in taken), fee, 0)
        return _planned(wallet, (Payment(address, amount, payment_reference),), taken, choice)


def quote_vault_spend(
    *, reference: str, address: str, amount_sats: int, fee_rate: int, coin_ids: Collection[int] | None = None
) -> Quote:
    """What `plan_vault_spend` would plan now. Holds and locks nothing, and raises the same."""
    script = _script(Payment(address, amount_sats, ""))
    wallet = _wallet(reference, is_locked=False)
    coins = _coins(reference, coin_ids, is_locked=False)
    choice = _choice(vault_spec(wallet), [script], amount_sats, fee_rate, coins)
    return Quote(amount_sats, choice.fee_sats, choice.change_sats, choice.coin_ids)


def quote_vault_sweep(
    *, reference: str, address: str, fee_rate: int, coin_ids: Collection[int] | None = None
) -> Quote:
    """What `plan_vault_sweep` would plan now, in the same way."""
    script = _read(address)
    wallet = _wallet(reference, is_locked=False)
    coins = _coins(reference, coin_ids, is_locked=False)
    taken, amount = _everything(vault_spec(wallet), script, fee_rate, coins)
    return Quote(amount, sum(coin.value_sats for coin in taken) - amount, 0, tuple(coin.pk for coin in taken))


def vault_fee_rate(now: datetime | None = None) -> int:
    """Satoshis for 1,000 vbytes, within the terms. Asks nobody: where no turn of spending has learned a rate
    in the last hour it is FALLBACK_RATE."""
    estimate = FeeEstimate.objects.filter(at__gt=(now or timezone.now()) - ESTIMATE_LASTS).first()
    rate = estimate.rate if estimate else None
    terms = terms_in_force()
    return target_rate(rate, floor=terms.min_fee_rate, ceiling=terms.max_fee_rate, fallback=FALLBACK_RATE)


def _wallet(reference: str, *, is_locked: bool) -> VaultWallet:
    rows = VaultWallet.objects.select_for_update(no_key=True) if is_locked else VaultWallet.objects.all()
    wallet = rows.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    return wallet


def _coins(reference: str, coin_ids: Collection[int] | None, *, is_locked: bool) -> list[Coin]:
    """Largest first."""
    free = free_coins(reference).filter(height__isnull=False).order_by("-value_sats", "pk")
    if coin_ids is not None:
        free = free.filter(pk__in=coin_ids)
    return lock_rows(free) if is_locked else list(free.select_related("watched"))


def _rate(fee_rate: int, terms: Terms) -> int:
    return max(RELAY_RATE, min(fee_rate, terms.max_fee_rate))


def _choice(
    spec: WalletSpec, scripts: Sequence[bytes], target: int, fee_rate: int, coins: Sequence[Coin]
) -> Choice:
    terms = terms_in_force()
    aim = aim_at(spec, scripts, target, _rate(fee_rate, terms))
    choice = choose_readable(coins, aim)
    if choice is None:
        available = sum(coin.value_sats for coin in coins)
        raise FundsTooSmall(available=_text(available), required=_text(target + aim.fee(1, False)))
    _refuse_fee(choice.fee_sats, terms)
    return choice


def _everything(
    spec: WalletSpec, script: bytes, fee_rate: int, coins: Sequence[Coin]
) -> tuple[list[Coin], int]:
    """The coins, and what is left of them once the miners have got theirs. Where all of them would cost too
    much, the largest that do not."""
    terms = terms_in_force()
    aim = aim_at(spec, [script], 0, _rate(fee_rate, terms))
    each = aim.fee(2, False) - aim.fee(1, False)
    taken = readable([coin for coin in coins if coin.value_sats > each])
    while len(taken) > 1 and aim.fee(len(taken), False) > terms.max_fee_sats:
        taken.pop()
    fee = aim.fee(len(taken), False)
    amount = sum(coin.value_sats for coin in taken) - fee
    if not taken:
        raise FundsTooSmall(available=_text(0), required=_text(dust_sats(script) + fee))
    _refuse_dust(amount, script)
    _refuse_fee(fee, terms)
    return taken, amount


def _planned(
    wallet: VaultWallet, payments: tuple[Payment, ...], coins: Sequence[Coin], choice: Choice
) -> PlannedSpend:
    change = vault_places(wallet)[1] if choice.change_sats else None
    intent = Intent(Purpose.VAULT, wallet.reference, vault_spec(wallet), payments)
    version: SpendVersion = open_spend(intent, coins, choice, change)
    return PlannedSpend(
        spend=version.spend,
        psbt=psbts.psbt_of(plan_of(version)),
        txid=version.txid,
        amount_sats=sum(payment.value_sats for payment in payments),
        fee_sats=choice.fee_sats,
        change_sats=choice.change_sats,
        coin_ids=choice.coin_ids,
    )


def _read(address: str) -> bytes:
    try:
        return read_address(address, network())
    except BadAddress as error:
        raise InvalidAddress(field="address", reason=str(error.reason)) from None


def _script(payment: Payment) -> bytes:
    script = _read(payment.address)
    _refuse_dust(payment.value_sats, script)
    return script


def _refuse_dust(value_sats: int, script: bytes) -> None:
    if value_sats < dust_sats(script):
        raise BelowMinimum(field="amount", minimum=_text(dust_sats(script)))


def _refuse_fee(fee_sats: int, terms: Terms) -> None:
    if fee_sats > terms.max_fee_sats:
        raise FeeTooHigh(fee=_text(fee_sats), maximum=_text(terms.max_fee_sats))


def _text(sats: int) -> str:
    return format_atoms(sats, BTC_DECIMALS)
