"""What operators find in custody: transactions, addresses, withdrawals, deposits, spends."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import Q

from access.cockpit import MOST_FOUND, Found, SearchSource
from access.cockpit_links import customer_url, row_url
from access.read_only import as_uuid, is_number
from custody.admin import units
from custody.models import (
    AllowedAddress,
    Coin,
    Deposit,
    SpendVersion,
    UnexpectedSpend,
    WatchedScript,
    Withdrawal,
)
from custody.rendering import bitcoin

LONGEST_ADDRESS = 100
SHORTEST_ADDRESS = 14  # of any address that there is


def withdrawals(term: str) -> Sequence[Found]:
    rows = Withdrawal.objects.select_related("owner").order_by("-created_at")
    number = as_uuid(term)
    if units.is_txid(term):
        of_spend = Q(spend__in=SpendVersion.objects.filter(txid=term).values("spend_id"))
        found = [*rows.filter(txid=term)[:MOST_FOUND], *rows.filter(of_spend)[:MOST_FOUND]]
    elif number is not None:
        found = list(rows.filter(pk=number))
    elif is_address(term):
        found = list(rows.filter(address=as_address(term))[:MOST_FOUND])
    else:
        return []
    return [_withdrawal(row) for row in {row.pk: row for row in found}.values()][:MOST_FOUND]


def _withdrawal(row: Withdrawal) -> Found:
    return Found(
        "withdrawal",
        f"{bitcoin(row.amount_sats)} BTC of {row.owner}",
        f"{row.status} · to {row.address} · {row.created_at:%Y-%m-%d %H:%M}",
        row_url(row),
    )


def deposits(term: str) -> Sequence[Found]:
    rows = Deposit.objects.select_related("owner", "coin").order_by("-pk")
    if units.is_txid(term):
        rows = rows.filter(coin__in=Coin.objects.filter(txid=term).values("pk"))
    elif is_number(term):
        rows = rows.filter(pk=int(term))
    else:
        return []
    return [
        Found(
            "deposit",
            f"{bitcoin(row.amount_sats)} BTC to {row.owner}",
            f"{row.status} · {row.coin} · {row.created_at:%Y-%m-%d %H:%M}",
            row_url(row),
        )
        for row in rows[:MOST_FOUND]
    ]


def transactions(term: str) -> Sequence[Found]:
    """Of the house's own making, and what spends coins without it."""
    if not units.is_txid(term):
        return []
    versions = SpendVersion.objects.filter(txid=term).select_related("spend")
    coins = Coin.objects.filter(Q(txid=term) | Q(spent_by=term)).select_related("watched")
    unexpected = UnexpectedSpend.objects.filter(txid=term, ended_at__isnull=True).select_related("coin")
    found: Iterator[Found] = iter(
        [
            *(
                Found(
                    "spend",
                    f"Spend {one.spend_id}",
                    f"{one.spend.purpose} · {one.spend.status}",
                    row_url(one.spend),
                )
                for one in versions
            ),
            *(
                Found("unexpected spend", f"{one.coin}", "spent without us", row_url(one))
                for one in unexpected[:MOST_FOUND]
            ),
            *(
                Found(
                    "coin", f"{bitcoin(one.value_sats)} BTC at {one.watched.address}", str(one), row_url(one)
                )
                for one in coins.order_by("pk")[:MOST_FOUND]
            ),
        ]
    )
    return list(islice(found, MOST_FOUND))


def addresses(term: str) -> Sequence[Found]:
    """Ours, with whose they are, and those on customers' lists."""
    if not is_address(term):
        return []
    address = as_address(term)
    ours = WatchedScript.objects.filter(address=address).select_related("owner")
    allowed = AllowedAddress.objects.filter(address=address).select_related("owner").order_by("-pk")
    return [
        *(
            Found("our address", one.address, f"{one.trail} of {one.owner or one.wallet}", row_url(one))
            for one in ours
        ),
        *(
            Found(
                "allowed address",
                f"{one.address} of {one.owner}",
                "removed"
                if one.removed_at
                else f"{one.label or 'no label'} · since {one.created_at:%Y-%m-%d}",
                customer_url(one.owner_id),
            )
            for one in allowed[: MOST_FOUND - 1]
        ),
    ]


def is_address(term: str) -> bool:
    """Whether it can be one; whether it is one, the index says."""
    return SHORTEST_ADDRESS <= len(term) <= LONGEST_ADDRESS and term.isascii() and term.isalnum()


def as_address(term: str) -> str:
    """As it is stored: who reads one out in capitals means the same."""
    return term.lower() if term.lower().startswith(("bc1", "tb1", "bcrt1")) else term


SEARCH = (
    SearchSource("withdrawals", "custody.view_withdrawal", withdrawals),
    SearchSource("deposits", "custody.view_deposit", deposits),
    SearchSource("transactions", "custody.view_spend", transactions),
    SearchSource("addresses", "custody.view_allowedaddress", addresses),
)
