"""What a list of vaults needs for each row, asked once, and what the words of a search mean."""

import time
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.read_only import as_uuid, is_number
from ledger.money import format_atoms
from oracle.rules.quotes import PRICE_DECIMALS
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.texts import bitcoin, dollars, ratio_text
from vaults.selectors import Surroundings, VaultView, seen, surroundings

FRESH_S = 0.5
NOTHING = "-"
MAX_FOUND = 1_000
_TXID = 64
_HEX = frozenset("0123456789abcdef")


@dataclass(slots=True)
class _Known:
    around: Surroundings | None = None
    read_at: float = float("-inf")


_known = _Known()


def view(vault: Vault) -> VaultView:
    """At the price and the rate of at most half a second ago: a page of rows asks once."""
    if _known.around is None or time.monotonic() - _known.read_at > FRESH_S:
        _known.around, _known.read_at = surroundings(timezone.now()), time.monotonic()
    return seen(vault, _known.around)


def amount_of_bitcoin(sats: int | None) -> str:
    return NOTHING if sats is None else f"{bitcoin(sats)} BTC"


def amount_of_dollars(atoms: int | None) -> str:
    return NOTHING if atoms is None else f"{dollars(atoms)} USDB"


def price(price_e8: int | None) -> str:
    return NOTHING if price_e8 is None else format_atoms(price_e8, PRICE_DECIMALS)


def ratio(ppm: int | None) -> str:
    return ratio_text(ppm) or NOTHING


def is_txid(term: str) -> bool:
    return len(term) == _TXID and set(term) <= _HEX


def vault_ids(term: str) -> list[UUID]:
    """Of which vaults the words speak: an id, a txid, an address of its own or paid by it, its owner by name,
    number or e-mail, or its label."""
    found = as_uuid(term)
    if found is not None and not is_txid(term):
        return [found]
    if is_txid(term):
        return _of_transaction(term)
    owners = _owners(term)
    rows = Vault.objects.filter(owner_id__in=owners) if owners else Vault.objects.none()
    return _ids(rows) or _of_address(term) or _ids(Vault.objects.filter(label__iexact=term))


def _ids(rows: QuerySet[Vault]) -> list[UUID]:
    return list(rows.values_list("pk", flat=True)[:MAX_FOUND])


def _of_transaction(txid: str) -> list[UUID]:
    coins = VaultCoin.objects.filter(Q(coin__txid=txid) | Q(coin__spent_by=txid))
    sent = CollateralWithdrawal.objects.filter(txid=txid)
    found = {*coins.values_list("vault_id", flat=True)[:MAX_FOUND]}
    return list(found | {*sent.values_list("vault_id", flat=True)[:MAX_FOUND]})


def _of_address(address: str) -> list[UUID]:
    own = _ids(Vault.objects.filter(address=address))
    coins = VaultCoin.objects.filter(coin__watched__address=address)
    sent = CollateralWithdrawal.objects.filter(address=address)
    found = {*own, *coins.values_list("vault_id", flat=True)[:MAX_FOUND]}
    return list(found | {*sent.values_list("vault_id", flat=True)[:MAX_FOUND]})


def _owners(term: str) -> list[int]:
    people = get_user_model().objects
    if is_number(term):
        return list(people.filter(pk=int(term)).values_list("pk", flat=True))
    named = Q(username=term.removeprefix("user:"))
    wanted = named | Q(email__iexact=term) if "@" in term else named
    return list(people.filter(wanted).values_list("pk", flat=True)[:MAX_FOUND])
