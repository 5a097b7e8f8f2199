"""The circumstances of withdrawals that wait for people, of many at once: for the queue of operators."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from access.accounts.networks import Networks, networks_of
from access.security_changes import Change, latest_changes
from custody.models import Withdrawal
from custody.rules.risk import Circumstances, Risk, risk_of
from custody.rules.terms import Terms
from custody.selectors_terms import terms_in_force

MAX_AT_ONCE = 50
EARLIER = 100  # of the owner's latest withdrawals and deposits: more would say the same

# Every part is a range of one index, for each of a few rows.
_ASKED = f"""
SELECT w.id, u.date_joined, a.created_at, earlier.count, coalesce(earlier.largest, 0), day.count, day.sats,
       coalesce(income.sats, 0), others.count, paid.count
  FROM custody_withdrawal AS w
  JOIN auth_user AS u ON u.id = w.owner_id
  JOIN custody_allowedaddress AS a ON a.id = w.allowed_id
 CROSS JOIN LATERAL (
       SELECT count(*), max(amount_sats) AS largest FROM (
              SELECT amount_sats FROM custody_withdrawal AS e
               WHERE e.owner_id = w.owner_id AND e.created_at < w.created_at AND e.status = 'CONFIRMED'
               ORDER BY e.created_at DESC LIMIT {EARLIER}) AS latest) AS earlier
 CROSS JOIN LATERAL (
       SELECT count(*), sum(d.amount_sats)::bigint AS sats FROM custody_withdrawal AS d
        WHERE d.owner_id = w.owner_id AND d.created_at > w.created_at - interval '24 hours'
          AND d.created_at <= w.created_at AND d.status NOT IN ('CANCELED', 'REJECTED')) AS day
 CROSS JOIN LATERAL (
       SELECT sum(amount_sats)::bigint AS sats FROM (
              SELECT amount_sats, status, credited_at FROM custody_deposit AS d
               WHERE d.owner_id = w.owner_id ORDER BY d.id DESC LIMIT {EARLIER}) AS latest
        WHERE status = 'CREDITED' AND credited_at > w.created_at - interval '24 hours'
          AND credited_at <= w.created_at) AS income
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT owner_id) FROM (
              SELECT owner_id FROM custody_allowedaddress AS o
               WHERE o.address = w.address AND o.owner_id <> w.owner_id LIMIT {EARLIER}) AS found) AS others
 CROSS JOIN LATERAL (
       SELECT count(*) FROM (
              SELECT 1 FROM custody_withdrawal AS p
               WHERE p.address = w.address AND p.owner_id = w.owner_id AND p.status = 'CONFIRMED'
                 AND p.created_at < w.created_at LIMIT 1) AS found) AS paid
 WHERE w.id = ANY(%s)"""  # noqa: S608 (numbers of ours)


def risks_of(withdrawals: Sequence[Withdrawal], terms: Terms | None = None) -> Mapping[UUID, Risk]:
    """By withdrawal, at most MAX_AT_ONCE of them, each as of its own asking."""
    rows = {one.pk: one for one in withdrawals[:MAX_AT_ONCE]}
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [list(rows)])
        asked = cursor.fetchall()
    owners = {one.owner_id for one in rows.values()}
    changes = latest_changes(owners)
    networks = networks_of(owners)
    terms = terms or terms_in_force()
    return {
        found[0]: risk_of(_circumstances(rows[found[0]], found, changes, networks), terms) for found in asked
    }


def _circumstances(
    row: Withdrawal,
    found: Sequence[Any],
    changes: Mapping[int, Change],
    networks: Mapping[int, Networks],
) -> Circumstances:
    _, joined, listed, earlier, largest, day_count, day_sats, came_in, others, paid = found
    change = changes.get(row.owner_id)
    network = networks.get(row.owner_id, Networks()).since(row.requested_ip)
    return Circumstances(
        amount_sats=row.amount_sats,
        address_seconds=max(_seconds(row.created_at - listed), 0),
        paid_before=paid,
        other_owners=others,
        account_seconds=max(_seconds(row.created_at - joined), 0),
        earlier_count=earlier,
        earlier_largest_sats=largest,
        day_count=day_count,
        day_sats=day_sats or row.amount_sats,
        came_in_sats=came_in,
        change=change.kind if change is not None else "",
        change_seconds=_seconds(row.created_at - change.at) if change is not None else 0,
        network_seconds=None if network is None else max(_seconds(row.created_at - network), 0),
    )


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
