"""Bitcoin as operators read it: amounts, transactions decoded line by line."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.read_only import is_number
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import SpendPlan
from custody.rendering import bitcoin
from custody.services.spending.preview import Preview

TXID = 64
_HEX = frozenset("0123456789abcdef")
CANNOT = "None: the hot wallet cannot pay it now. It waits for a refill once it is approved."


def is_txid(term: str) -> bool:
    return len(term) == TXID and set(term) <= _HEX


def owner_is(term: str, field: str = "owner") -> Q:
    """By name ("alice", "user:alice") or number."""
    named = Q(**{f"{field}__username": term.removeprefix("user:")})
    return named | Q(**{f"{field}_id": int(term)}) if is_number(term) else named


def lines(rows: Iterable[str]) -> SafeString:
    return format_html("<pre>{}</pre>", "\n".join(rows))


def decoded_preview(found: Preview | None) -> SafeString:
    if found is None:
        return lines([CANNOT])
    return lines(
        [
            *(f"in   {bitcoin(coin.value_sats):>18} BTC  {coin}" for coin in found.coins),
            f"out  {bitcoin(found.amount_sats):>18} BTC  {found.address}",
            *([f"out  {bitcoin(found.change_sats):>18} BTC  change"] if found.change_sats else []),
            f"fee  {bitcoin(found.fee_sats):>18} BTC",
        ]
    )


def decoded_plan(plan: SpendPlan) -> SafeString:
    """What a version spends and pays, with what each payment is for."""
    change = plan.change
    rows = [
        f"{plan.purpose} by {plan.wallet.kind}, version {plan.version}",
        *(
            f"in   {bitcoin(one.value_sats):>18} BTC  {one.outpoint.txid}:{one.outpoint.vout}"
            for one in plan.inputs
        ),
        *(f"out  {bitcoin(one.value_sats):>18} BTC  {one.address}  {one.reference}" for one in plan.payments),
    ]
    if change is not None:
        address = script_at(plan.wallet, change.place).address
        rows.append(f"out  {bitcoin(change.value_sats):>18} BTC  {address}  change")
    return lines([*rows, f"fee  {bitcoin(plan.fee_sats):>18} BTC"])


def user_named(name: str) -> int | None:
    """The number of the user of that name; None where there is none."""
    found = get_user_model().objects.filter(username=name).first()
    return None if found is None else found.pk
