"""What all customers hold, and what stands behind it, each as of one moment."""

from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Sum

from ledger.models import Account
from ledger.rules import CUSTOMER_PURPOSES, Purpose

_POSITION, _HOUSE, _CUSTOMER = 0, 1, 2
# One statement sees one moment, whatever commits meanwhile.
_HOLDINGS = """
SELECT {position}, NULL::bigint, NULL, NULL, coalesce(max(id), 0)::numeric FROM ledger_transfer
UNION ALL
SELECT {house}, NULL, NULL, asset_id, -sum(balance_atoms) FROM ledger_account
 WHERE owner_id IS NULL GROUP BY asset_id
UNION ALL
SELECT {customer}, u.id, u.username, h.asset_id, h.atoms FROM (
       SELECT owner_id, asset_id, sum(balance_atoms) AS atoms FROM ledger_account
        WHERE owner_id IS NOT NULL AND balance_atoms <> 0 GROUP BY owner_id, asset_id) AS h
  JOIN {users} AS u ON u.id = h.owner_id"""


class Holding(NamedTuple):
    """One customer's money in an asset, whatever wallets of his it is in."""

    owner_id: int
    username: str
    asset: str
    atoms: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """`backing`: by asset what all accounts of the house come to, with the sign turned. As debits are credits
    it is what all customers hold. `position`: the latest transfer that is in it."""

    position: int
    backing: dict[str, int]
    customers: list[Holding]


def customer_holdings() -> Holdings:
    """All customers who hold anything."""
    position, backing, customers = 0, {}, []
    with connection.cursor() as cursor:
        cursor.execute(_holdings())
        for kind, owner_id, username, asset, atoms in cursor.fetchall():
            if kind == _CUSTOMER:
                customers.append(Holding(owner_id, username, asset, int(atoms)))
            elif kind == _HOUSE:
                backing[asset] = int(atoms)
            else:
                position = int(atoms)
    return Holdings(position, backing, customers)


def _holdings() -> str:
    users = connection.ops.quote_name(get_user_model()._meta.db_table)
    return _HOLDINGS.format(position=_POSITION, house=_HOUSE, customer=_CUSTOMER, users=users)


def sums_by_purpose() -> dict[tuple[str, Purpose], int]:
    """By asset and purpose, of the house and of all customers together; credits less debits."""
    rows = Account.objects.values_list("asset_id", "purpose").annotate(atoms=Sum("balance_atoms"))
    return {(asset, Purpose(purpose)): int(atoms) for asset, purpose, atoms in rows.order_by()}


def has_customers() -> bool:
    return Account.objects.filter(purpose__in=CUSTOMER_PURPOSES).exists()
