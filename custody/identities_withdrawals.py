"""What must be true of withdrawals and their money at every commit (see `ledger.identities`)."""

from ledger.identities import Check

_LATEST = "(SELECT * FROM custody_withdrawal ORDER BY created_at DESC LIMIT 2000)"
_PAID = """
SELECT w.id::text AS withdrawal_id, w.status, i.atoms AS taken_atoms, o.atoms AS returned_atoms
  FROM {rows} AS w
  LEFT JOIN LATERAL (SELECT amount_atoms AS atoms FROM ledger_transfer
                      WHERE key = 'withdrawal:' || w.id || ':request') AS i ON true
  LEFT JOIN LATERAL (SELECT amount_atoms AS atoms FROM ledger_transfer
                      WHERE key = 'withdrawal:' || w.id || ':return') AS o ON true
 WHERE i.atoms IS DISTINCT FROM w.amount_sats + w.fee_sats
    OR o.atoms IS DISTINCT FROM
       CASE WHEN w.status IN ('CANCELED', 'REJECTED') THEN w.amount_sats + w.fee_sats END"""
_AGREED = """
SELECT w.id::text AS withdrawal_id, w.status, w.approvals_needed, a.given, a.by_owner
  FROM {rows} AS w CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE approves) AS given, count(*) FILTER (WHERE operator_id = w.owner_id)
              AS by_owner
         FROM custody_withdrawalapproval WHERE withdrawal_id = w.id) AS a
 WHERE a.by_owner > 0
    OR w.status IN ('APPROVED', 'SIGNING', 'BROADCAST', 'CONFIRMED') AND a.given < w.approvals_needed"""

WITHDRAWAL_CHECKS = (
    Check(
        "open_withdrawals_are_their_account",
        "What open withdrawals took from customers is what the account of withdrawals holds",
        """
        SELECT b.atoms AS balance_atoms, w.sats AS open_sats
          FROM (SELECT coalesce(sum(balance_atoms), 0)::bigint AS atoms FROM ledger_account
                 WHERE asset_id = 'BTC' AND purpose = 'WITHDRAWALS') AS b,
               (SELECT coalesce(sum(amount_sats + fee_sats), 0)::bigint AS sats FROM custody_withdrawal
                 WHERE status IN ('AWAITING_APPROVAL', 'APPROVED', 'SIGNING', 'BROADCAST')) AS w
         WHERE b.atoms <> w.sats""",
    ),
    Check(
        "withdrawals_took_their_money_once",
        "A withdrawal took its amount and fee, and gave them back where it was canceled or rejected alone",
        _PAID.format(rows="custody_withdrawal"),
        _PAID.format(rows=_LATEST),
    ),
    Check(
        "withdrawals_were_agreed_to",
        "What is or was to be signed has its approvals, and nobody decided about his own",
        _AGREED.format(rows="custody_withdrawal"),
        _AGREED.format(rows=_LATEST),
    ),
)
