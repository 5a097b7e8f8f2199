"""What must be true of the ledger at every commit, each as one query for its offenders.

One statement sees one snapshot, so a check is exact while the engine is writing. Another app adds its own
by naming a tuple of `Check` in the setting LEDGER_CHECKS.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`offenders` is a SELECT without a final semicolon that returns one row per violation, named columns.

    `recent` is the same among what can have changed lately, where looking at everything is too much for each
    minute; "" where it is not.
    """

    name: str
    meaning: str
    offenders: str
    recent: str = ""


CHECKS = (
    Check(
        "assets_sum_to_zero",
        "Each asset: the sum over all accounts is 0",
        """
        SELECT asset_id AS asset, sum(balance_atoms) AS sum_atoms
          FROM ledger_account GROUP BY asset_id HAVING sum(balance_atoms) <> 0""",
    ),
    Check(
        "balances_are_sums_of_transfers",
        "Each balance is the sum of the account's transfers",
        """
        WITH moved AS (
            SELECT id, sum(atoms) AS atoms FROM (
                SELECT credit_id AS id, amount_atoms AS atoms FROM ledger_transfer
                UNION ALL SELECT debit_id, -amount_atoms FROM ledger_transfer) AS leg
             GROUP BY id)
        SELECT id AS account_id, a.balance_atoms, coalesce(m.atoms, 0) AS transferred_atoms
          FROM ledger_account AS a FULL JOIN moved AS m USING (id)
         WHERE a.balance_atoms IS DISTINCT FROM coalesce(m.atoms, 0)
         ORDER BY id""",
        # Of the customers that moved something lately and have little history; the others wait for the hour.
        """
        WITH latest AS (
            SELECT id, debit_id, credit_id FROM ledger_transfer ORDER BY id DESC LIMIT 20000),
        moving AS (
            SELECT id FROM (SELECT debit_id AS id FROM latest UNION SELECT credit_id FROM latest) AS either
             ORDER BY id LIMIT 500),
        moved AS (
            SELECT m.id, l.atoms, l.legs FROM moving AS m CROSS JOIN LATERAL (
                SELECT coalesce(sum(atoms), 0) AS atoms, count(*) AS legs FROM (
                    (SELECT amount_atoms AS atoms FROM ledger_transfer WHERE credit_id = m.id
                      LIMIT 2000)
                    UNION ALL
                    (SELECT -amount_atoms FROM ledger_transfer WHERE debit_id = m.id LIMIT 2000)) AS leg
                ) AS l)
        SELECT id AS account_id, a.balance_atoms, m.atoms AS transferred_atoms
          FROM moved AS m JOIN ledger_account AS a USING (id)
         WHERE m.legs < 2000 AND a.balance_atoms <> m.atoms ORDER BY id""",
    ),
    Check(
        "pending_debits_are_open_holds",
        "What an account has set aside is the sum of its open pending transfers",
        """
        WITH held AS (
            SELECT debit_id AS id, sum(amount_atoms) AS atoms
              FROM ledger_pendingtransfer WHERE status = 'PENDING' GROUP BY debit_id)
        SELECT id AS account_id, a.pending_debits_atoms, coalesce(h.atoms, 0) AS held_atoms
          FROM ledger_account AS a FULL JOIN held AS h USING (id)
         WHERE a.pending_debits_atoms IS DISTINCT FROM coalesce(h.atoms, 0)
         ORDER BY id""",
    ),
    Check(
        "customers_never_owe",
        "No customer's balance is negative, nor a funding balance below what is set aside in it",
        """
        SELECT id AS account_id, purpose, balance_atoms, pending_debits_atoms FROM ledger_account
         WHERE purpose IN ('FUNDING', 'TRADING') AND balance_atoms < 0
            OR purpose = 'FUNDING' AND balance_atoms < pending_debits_atoms
            OR pending_debits_atoms < 0
         ORDER BY id""",
    ),
    Check(
        "transfers_within_one_asset",
        "Both accounts of a transfer exist, differ and hold one asset",
        """
        SELECT t.kind, t.id, t.debit_id, t.credit_id
          FROM (SELECT 'posted' AS kind, id, debit_id, credit_id FROM ledger_transfer
                UNION ALL SELECT 'pending', id, debit_id, credit_id FROM ledger_pendingtransfer) AS t
          LEFT JOIN ledger_account AS d ON d.id = t.debit_id
          LEFT JOIN ledger_account AS c ON c.id = t.credit_id
         WHERE (d.asset_id = c.asset_id AND d.id <> c.id) IS NOT TRUE
         ORDER BY t.kind, t.id""",
        """
        SELECT t.id, t.debit_id, t.credit_id
          FROM (SELECT id, debit_id, credit_id FROM ledger_transfer ORDER BY id DESC LIMIT 20000) AS t
          LEFT JOIN ledger_account AS d ON d.id = t.debit_id
          LEFT JOIN ledger_account AS c ON c.id = t.credit_id
         WHERE (d.asset_id = c.asset_id AND d.id <> c.id) IS NOT TRUE ORDER BY t.id""",
    ),
    Check(
        "amounts_are_positive",
        "Every transfer, posted or pending, is of more than 0 atoms",
        """
        SELECT 'posted' AS kind, id, amount_atoms FROM ledger_transfer WHERE amount_atoms <= 0
        UNION ALL
        SELECT 'pending', id, amount_atoms FROM ledger_pendingtransfer WHERE amount_atoms <= 0""",
        """
        SELECT id, amount_atoms FROM (
            SELECT id, amount_atoms FROM ledger_transfer ORDER BY id DESC LIMIT 20000) AS latest
         WHERE amount_atoms <= 0""",
    ),
    Check(
        "clearing_is_empty",
        "The clearing account of each shard and asset is 0",
        """
        SELECT id AS account_id, asset_id AS asset, shard, balance_atoms FROM ledger_account
         WHERE purpose = 'CLEARING' AND balance_atoms <> 0 ORDER BY id""",
    ),
    Check(
        "pendings_have_their_transfer",
        "A posted pending transfer has exactly one transfer, the same in content; any other has none",
        """
        SELECT p.id AS pending_id, p.status, count(t.id) AS transfers
          FROM ledger_pendingtransfer AS p LEFT JOIN ledger_transfer AS t ON t.pending_id = p.id
         GROUP BY p.id
        HAVING count(t.id) <> (p.status = 'POSTED')::int
            OR bool_or((t.debit_id, t.credit_id, t.amount_atoms, t.code)
                       <> (p.debit_id, p.credit_id, p.amount_atoms, p.code))
         ORDER BY p.id""",
        """
        SELECT p.id AS pending_id, p.status, t.id AS transfer_id
          FROM (SELECT * FROM ledger_pendingtransfer ORDER BY id DESC LIMIT 20000) AS p
          LEFT JOIN ledger_transfer AS t ON t.pending_id = p.id
         WHERE (t.id IS NOT NULL) <> (p.status = 'POSTED')
            OR (t.debit_id, t.credit_id, t.amount_atoms, t.code)
               <> (p.debit_id, p.credit_id, p.amount_atoms, p.code)
         ORDER BY p.id""",
    ),
)
