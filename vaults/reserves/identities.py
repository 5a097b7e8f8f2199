"""What must be true of snapshots at every commit (see `ledger.identities`)."""

from ledger.identities import Check
from vaults.reserves.leaves import PART

_BACKED = """
SELECT id AS snapshot_id, assets::text, totals::text, backing::text FROM {rows} AS s
 WHERE totals <> backing OR jsonb_array_length(totals) <> jsonb_array_length(assets)"""
_SUMMED = """
SELECT s.id AS snapshot_id, place, p.atoms AS parts_atoms, t.atoms AS total_atoms
  FROM {rows} AS s
 CROSS JOIN LATERAL (
       SELECT place, text::numeric AS atoms
         FROM jsonb_array_elements_text(s.totals) WITH ORDINALITY AS e(text, place)) AS t
 CROSS JOIN LATERAL (
       SELECT coalesce(sum((l.node_sums ->> (t.place - 1)::int)::numeric), 0) AS atoms, count(*) AS parts
         FROM vaults_reserveleaves AS l WHERE l.snapshot_id = s.id) AS p
 WHERE p.parts = (s.customers + {last}) / {part} AND p.atoms <> t.atoms"""
_LATEST = "(SELECT * FROM vaults_reservesnapshot ORDER BY id DESC LIMIT 3)"

CHECKS = (
    Check(
        "snapshots_are_what_the_house_accounts_for",
        "Each snapshot of what customers hold has the totals that the house's accounts had at that moment",
        _BACKED.format(rows="vaults_reservesnapshot"),
        _BACKED.format(rows=_LATEST),
    ),
    Check(
        "snapshots_are_their_leaves",
        "The parts of a snapshot's tree come to its totals, as long as they are kept",
        _SUMMED.format(rows="vaults_reservesnapshot", part=PART, last=PART - 1),
        _SUMMED.format(rows=_LATEST, part=PART, last=PART - 1),
    ),
)
