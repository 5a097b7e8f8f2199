"""Bitcoin as operators read it: amounts, transactions decoded line by line."""

from collections.abc import Iterable, Sequence

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.read_only import is_number
from custody.bitcoin.scripts import script_at
from custody.bitcoin.types import SpendPlan
from custody.models import AllowedAddress, Coin, WatchedScript
from custody.rendering import bitcoin
from custody.services.spending.preview import Preview

TXID = 64
_HEX = frozenset("0123456789abcdef")
MAX_OWNERS = 200
MOST_NAMED = 5
NOBODYS = "on nobody's list here"
CANNOT = "None: the hot wallet cannot pay it now. It waits for a refill once it is approved."


def is_txid(term: str) -> bool:
    return len(term) == TXID and set(term) <= _HEX


def owner_is(term: str, field: str = "owner") -> Q:
    """By name ("alice", "user:alice") or number."""
    named = Q(**{f"{field}__username": term.removeprefix("user:")})
    return named | Q(**{f"{field}_id": int(term)}) if is_number(term) else named


def lines(rows: Iterable[str]) -> SafeString:
    return format_html("<pre>{}</pre>", "\n".join(rows))


def decoded_preview(found: Preview | None, rate: int) -> SafeString:
    """`rate` in satoshis for 1,000 vbytes."""
    if found is None:
        return lines([CANNOT])
    known = whose([found.address, *(coin.watched.address for coin in found.coins)])
    return lines(
        [
            "as it would be planned now",
            *(
                _line("in", coin.value_sats, str(coin), known.get(coin.watched.address))
                for coin in found.coins
            ),
            _line("out", found.amount_sats, found.address, known.get(found.address, NOBODYS)),
            *(
                [_line("out", found.change_sats, "change", "back to the hot wallet")]
                if found.change_sats
                else []
            ),
            _line("fee", found.fee_sats, _rate(rate), None),
        ]
    )


def decoded_plan(plan: SpendPlan, vbytes: int = 0) -> SafeString:
    """What a version spends and pays: whose each coin is, what each payment is for, and whose its address."""
    change = plan.change
    coins = {
        (coin.txid, coin.vout): coin.watched.address
        for coin in Coin.objects.filter(txid__in={one.outpoint.txid for one in plan.inputs}).select_related(
            "watched"
        )
    }
    places = [coins.get((one.outpoint.txid, one.outpoint.vout), "") for one in plan.inputs]
    known = whose([*places, *(one.address for one in plan.payments)])
    rows = [
        f"{plan.purpose} by {plan.wallet.kind}, version {plan.version}",
        *(
            _line("in", one.value_sats, f"{one.outpoint.txid}:{one.outpoint.vout}", known.get(place))
            for one, place in zip(plan.inputs, places, strict=True)
        ),
        *(
            _line("out", one.value_sats, f"{one.address}  {one.reference}", known.get(one.address, NOBODYS))
            for one in plan.payments
        ),
    ]
    if change is not None:
        address = script_at(plan.wallet, change.place).address
        rows.append(_line("out", change.value_sats, address, "change, back to its wallet"))
    rate = plan.fee_sats * 1_000 // vbytes if vbytes else 0
    return lines([*rows, _line("fee", plan.fee_sats, _rate(rate) if rate else "", None)])


def whose(addresses: Iterable[str]) -> dict[str, str]:
    """By address, of a few: ours and what for, or on which customers' lists, each of them named."""
    wanted = {address for address in addresses if address}
    lists: dict[str, list[str]] = {}
    allowed = AllowedAddress.objects.filter(address__in=wanted, removed_at__isnull=True).select_related(
        "owner"
    )
    for one in allowed.order_by("pk")[:MAX_OWNERS]:
        lists.setdefault(one.address, []).append(f"{one.owner} since {one.created_at:%Y-%m-%d}")
    found = {address: _on_lists(owners) for address, owners in lists.items()}
    for script in WatchedScript.objects.filter(address__in=wanted).select_related("owner"):
        found[script.address] = f"{script.trail.lower()} of {script.owner or 'the house'}"
    return found


def _on_lists(owners: Sequence[str]) -> str:
    more = f" and {len(owners) - MOST_NAMED} more" if len(owners) > MOST_NAMED else ""
    kind = "list" if len(owners) == 1 else "lists"
    return f"on the {kind} of {', '.join(owners[:MOST_NAMED])}{more}"


def _line(kind: str, sats: int, what: str, of: str | None) -> str:
    line = f"{kind:<4} {bitcoin(sats):>18} BTC  {what}"
    return line if not of else f"{line}\n{'':<29}{of}"  # below it: a line that is cut hides the end


def _rate(rate: int) -> str:
    return f"{rate // 1_000}.{rate % 1_000 // 100} sat/vB"


def user_named(name: str) -> int | None:
    """The number of the user of that name; None where there is none."""
    found = get_user_model().objects.filter(username=name).first()
    return None if found is None else found.pk
