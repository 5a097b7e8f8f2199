"""What must be true of vaults' debt in the ledger: what vaults owe, why each of its transfers was made, and
where all dollars come from."""

from ledger.identities import Check

_RAY = 10**27
_OWN = "asset_id = 'USDB' AND purpose = 'VAULT_DEBT'"
_RATE = f"coalesce((SELECT rate_ray FROM vaults_feeaccumulator), {_RAY})"  # noqa: S608 (words of this file only)
# Each movement rounds for itself: the account is off by less than an atom for each since all was trued up.
_DEBT = f"""
SELECT booked.atoms AS booked_atoms, owed.atoms AS owed_atoms, moved.times AS movements
  FROM (SELECT coalesce(-sum(balance_atoms), 0) AS atoms FROM ledger_account WHERE {_OWN}) AS booked,
       (SELECT div(coalesce(sum(normalised_atoms), 0) * {_RATE} + {_RAY} - 1, {_RAY}) AS atoms
          FROM vaults_vault) AS owed,
       (SELECT coalesce((SELECT (data->>'after_transfer')::bigint FROM ledger_domainevent
                          WHERE stream = 'stability-fee' ORDER BY version DESC LIMIT 1), 0) AS id) AS latest,
       LATERAL (
        SELECT count(DISTINCT t.reference) AS times
          FROM ledger_account AS a JOIN ledger_transfer AS t ON a.id IN (t.debit_id, t.credit_id)
         WHERE a.asset_id = 'USDB' AND a.purpose = 'VAULT_DEBT' AND t.id > latest.id) AS moved
 WHERE abs(booked.atoms - owed.atoms) > moved.times"""  # noqa: S608
_EXPLAINED = """
SELECT sum(balance_atoms) FILTER (WHERE purpose IN ('FUNDING', 'TRADING')) AS customers_atoms,
       sum(balance_atoms) FILTER (WHERE purpose = 'FEES') AS fees_atoms,
       sum(balance_atoms) FILTER (WHERE purpose = 'VAULT_ROUNDING') AS rounding_atoms,
       sum(balance_atoms) FILTER (WHERE purpose = 'CLEARING') AS clearing_atoms,
       -sum(balance_atoms) FILTER (WHERE purpose = 'VAULT_DEBT') AS vault_debt_atoms,
       -sum(balance_atoms) FILTER (WHERE purpose = 'DEMO_ISSUE') AS demo_issue_atoms,
       sum(balance_atoms) AS unexplained_atoms
  FROM ledger_account WHERE asset_id = 'USDB'
HAVING coalesce(sum(balance_atoms), 0) <> 0
    OR bool_or(balance_atoms <> 0 AND purpose NOT IN
               ('FUNDING', 'TRADING', 'FEES', 'VAULT_ROUNDING', 'CLEARING', 'VAULT_DEBT', 'DEMO_ISSUE'))
    OR bool_or(balance_atoms > 0 AND purpose IN ('VAULT_DEBT', 'DEMO_ISSUE'))"""
# By event: what its transfers added to the debt, and what its vault's debt grew by. Of the transfers since
# `first`, events that begin at `whole` or later: of an earlier one a part may stand before.
_REASONS = f"""
WITH own AS (
    SELECT id FROM ledger_account WHERE {_OWN}),
leg AS (
    SELECT t.id, t.reference, t.amount_atoms AS atoms
      FROM own JOIN ledger_transfer AS t ON t.debit_id = own.id
     WHERE t.id >= {{first}}
    UNION ALL
    SELECT t.id, t.reference, -t.amount_atoms FROM own JOIN ledger_transfer AS t ON t.credit_id = own.id
     WHERE t.id >= {{first}}),
booked AS (
    SELECT reference, sum(atoms) AS atoms FROM leg GROUP BY reference HAVING min(id) >= {{whole}}),
named AS (
    SELECT reference, atoms, substring(reference FROM '^(.*):[0-9]{{{{1,18}}}}$') AS stream,
           substring(reference FROM ':([0-9]{{{{1,18}}}})$')::bigint AS version FROM booked)
SELECT n.reference, n.atoms AS booked_atoms, d.atoms AS grown_atoms
  FROM named AS n
  LEFT JOIN ledger_domainevent AS e ON e.stream = n.stream AND e.version = n.version
  LEFT JOIN ledger_domainevent AS b ON b.stream = n.stream AND b.version = n.version - 1
 CROSS JOIN LATERAL (
       SELECT CASE WHEN e.stream = 'stability-fee'
                   THEN (e.data->>'fee_atoms')::numeric + (e.data->>'rounding_atoms')::numeric
                   WHEN e.stream LIKE 'vault:%' THEN
                   div((e.data->>'normalised_atoms')::numeric * (e.data->>'rate_ray')::numeric
                       + {_RAY} - 1, {_RAY})
                   - div((b.data->>'normalised_atoms')::numeric * (e.data->>'rate_ray')::numeric
                         + {_RAY} - 1, {_RAY}) END AS atoms) AS d
 WHERE d.atoms IS DISTINCT FROM n.atoms"""  # noqa: S608
_RECENT = "(SELECT coalesce(max(id), 0) - {} FROM ledger_transfer)"
# Debt that moved with no transfer: each event whose normalised debt differs from the one before has its own.
_UNBOOKED = """
SELECT e.stream, e.version FROM {events} AS e
  JOIN ledger_domainevent AS b ON b.stream = e.stream AND b.version = e.version - 1
 WHERE e.stream LIKE 'vault:%' AND e.data->>'normalised_atoms' <> b.data->>'normalised_atoms'
   AND NOT EXISTS (
       SELECT FROM ledger_transfer AS t
        WHERE t.key IN (e.stream || ':' || e.version || ':VAULT_MINT',
                        e.stream || ':' || e.version || ':VAULT_REPAYMENT'))"""
_LATEST_EVENTS = "(SELECT * FROM ledger_domainevent ORDER BY id DESC LIMIT 2000)"

MONEY_CHECKS = (
    Check(
        "vault_debt_is_owed",
        "The account of vault debt is all normalised debt times the rate, within an atom for each movement "
        "since the latest accrual",
        _DEBT,
    ),
    Check(
        "dollars_are_explained",
        "All USDB of customers, fees and rounding is vault debt and demo issue, and nothing else holds any",
        _EXPLAINED,
    ),
    Check(
        "vault_debt_has_its_events",
        "Each transfer of vault debt belongs to an event, and is what the debt changed by with it",
        _REASONS.format(first=0, whole=0),
        _REASONS.format(first=_RECENT.format(20_000), whole=_RECENT.format(19_000)),
    ),
    Check(
        "debt_that_moved_is_booked",
        "Each event by which a vault's debt moved has its transfer",
        _UNBOOKED.format(events="ledger_domainevent"),
        _UNBOOKED.format(events=_LATEST_EVENTS),
    ),
    Check(
        "rate_is_its_latest_accrual",
        "The rate of the stability fee is that of its latest event, and none is missing",
        f"""
        SELECT f.rate_ray, f.accruals, e.version FROM vaults_feeaccumulator AS f
          LEFT JOIN LATERAL (
               SELECT version, data FROM ledger_domainevent
                WHERE stream = 'stability-fee' ORDER BY version DESC LIMIT 1) AS e ON true
         WHERE f.accruals <> coalesce(e.version, 0)
            OR f.accruals <> (SELECT count(*) FROM ledger_domainevent WHERE stream = 'stability-fee')
            OR f.rate_ray <> coalesce((e.data->>'rate_ray')::numeric, {_RAY})""",  # noqa: S608
    ),
)
