"""What must be true of custody's books at every commit (see `ledger.identities`)."""

from custody.identities_withdrawals import WITHDRAWAL_CHECKS
from ledger.identities import Check

_BALANCE = """
SELECT coalesce(sum(balance_atoms), 0)::bigint AS atoms FROM ledger_account
 WHERE asset_id = 'BTC' AND purpose = '{purpose}'"""


def _booked(purpose: str, trails: str) -> str:
    return f"""
SELECT b.atoms AS balance_atoms, c.sats AS booked_sats FROM ({_BALANCE.format(purpose=purpose)}) AS b,
       (SELECT coalesce(sum(c.value_sats), 0)::bigint AS sats
          FROM custody_coin AS c JOIN custody_watchedscript AS w ON w.id = c.watched_id
         WHERE c.is_booked AND w.trail IN ({trails})) AS c
 WHERE b.atoms <> -c.sats"""  # noqa: S608 (words of this file only)


_LATEST = "(SELECT * FROM custody_deposit ORDER BY id DESC LIMIT 2000)"
# One transfer too many, of a credit that the deposit does not know, is an offender, too.
# Keys as an array, so that each deposit's few are looked up, however many transfers there are.
_CREDITS = """
SELECT d.id AS deposit_id, d.status, d.credits, g.times AS given, t.sats AS taken_sats
  FROM {deposits} AS d
 CROSS JOIN LATERAL (
       SELECT count(*) AS times FROM ledger_transfer
        WHERE amount_atoms = d.amount_sats AND key = ANY (ARRAY(
              SELECT 'deposit:' || d.id || ':credit:' || number
                FROM generate_series(1, d.credits + 1) AS number))) AS g
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_atoms), 0) AS sats FROM ledger_transfer
        WHERE key = ANY (ARRAY(
              SELECT 'deposit:' || d.id || ':' || kind || ':' || number
                FROM generate_series(1, d.credits) AS number, unnest(ARRAY['undo', 'owed']) AS kind))) AS t
 WHERE g.times <> d.credits
    OR t.sats <> d.amount_sats * (d.credits - (d.status = 'CREDITED')::int)"""
_THEIR_COINS = """
SELECT d.id AS deposit_id FROM {deposits} AS d JOIN custody_coin AS c ON c.id = d.coin_id
  JOIN custody_watchedscript AS w ON w.id = c.watched_id
 WHERE d.amount_sats <> c.value_sats OR w.trail <> 'DEPOSIT' OR w.owner_id <> d.owner_id"""

WATCHER_CHECKS = (
    Check(
        "booked_coins_are_the_hot_wallet",
        "The booked coins of the hot wallet are what its account owes",
        _booked("HOT_WALLET", "'DEPOSIT', 'REFILL', 'CHANGE'"),
    ),
    Check(
        "booked_coins_are_cold_storage",
        "The booked coins of cold storage are what its account owes",
        _booked("COLD_STORAGE", "'COLD'"),
    ),
    Check(
        "vault_coins_are_not_the_houses",
        "No coin of a vault is booked as the house's",
        """
        SELECT c.id AS coin_id FROM custody_coin AS c JOIN custody_watchedscript AS w ON w.id = c.watched_id
         WHERE c.is_booked AND w.trail = 'VAULT'""",
    ),
    Check(
        "receivables_are_their_account",
        "What reorgs left owing is what the account of receivables owes",
        f"""
        SELECT b.atoms AS balance_atoms, r.sats AS open_sats
          FROM ({_BALANCE.format(purpose="REORG_RECEIVABLE")}) AS b,
               (SELECT coalesce(sum(owed_sats - met_sats), 0)::bigint AS sats
                  FROM custody_reorgreceivable) AS r
         WHERE b.atoms <> -r.sats""",  # noqa: S608
    ),
    Check(
        "who_owes_after_a_reorg_is_or_was_frozen",
        "Whoever owes what a reorg undid was frozen since",
        """
        SELECT r.id AS receivable_id FROM custody_reorgreceivable AS r
         WHERE r.met_sats < r.owed_sats AND NOT EXISTS (
               SELECT FROM custody_accountfreeze AS f
                WHERE f.owner_id = r.owner_id AND (f.ended_at IS NULL OR f.ended_at >= r.created_at))""",
    ),
    Check(
        "credits_are_transfers",
        "A deposit has a transfer for each credit, and for each but the present one what took it back",
        _CREDITS.format(deposits="custody_deposit"),
        _CREDITS.format(deposits=_LATEST),
    ),
    Check(
        "credited_deposits_are_in_the_chain",
        "A credited deposit's coin is in a block of the active chain, once all that is told is reviewed",
        """
        SELECT d.id AS deposit_id FROM custody_coin AS c JOIN custody_deposit AS d ON d.coin_id = c.id
         WHERE (c.height IS NULL OR c.height > (SELECT height FROM custody_chainposition))
           AND d.status = 'CREDITED'
           AND EXISTS (SELECT FROM custody_chainposition WHERE reviewed_number >= facts_number)""",
    ),
    Check(
        "deposits_are_their_coins",
        "A deposit is of its coin's value and of the customer whose address it pays",
        _THEIR_COINS.format(deposits="custody_deposit"),
        _THEIR_COINS.format(deposits=_LATEST),
    ),
)

_LATEST_WITHDRAWALS = "(SELECT * FROM custody_withdrawal ORDER BY created_at DESC LIMIT 2000)"
_LATEST_SPENDS = "(SELECT * FROM custody_spend ORDER BY id DESC LIMIT 500)"
_SETTLED_ONCE = """
SELECT w.id::text AS withdrawal_id, w.status, w.settlements, n.settled, n.undone
  FROM {rows} AS w CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE t.code = 'withdrawal_settled') AS settled,
              count(*) FILTER (WHERE t.code = 'withdrawal_settled_undone') AS undone
         FROM generate_series(1, w.settlements) AS g JOIN ledger_transfer AS t
           ON t.key IN ('withdrawal:' || w.id || ':settled:' || g,
                        'withdrawal:' || w.id || ':settled:' || g || ':undone')
          AND t.amount_atoms = w.amount_sats) AS n
 WHERE n.settled <> w.settlements
    OR n.undone <> w.settlements - (w.status = 'CONFIRMED')::int"""
_POSTED = """
SELECT s.id AS spend_id, c.sats AS coins_sats, p.sats AS posted_sats, m.sats AS made_sats
  FROM {rows} AS s
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(c.value_sats), 0) AS sats FROM custody_coin AS c
        WHERE c.spent_by = s.settled_txid AND c.spent_height IS NOT NULL) AS c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(c.value_sats), 0) AS sats
         FROM custody_coin AS c JOIN custody_watchedscript AS w ON w.id = c.watched_id
        WHERE c.txid = s.settled_txid AND w.trail = 'CHANGE') AS m
 CROSS JOIN LATERAL (
       SELECT s.settled_fee_sats
              + coalesce((SELECT sum(w.amount_sats) FROM custody_withdrawal AS w
                           WHERE w.spend_id = s.id), 0)
              + coalesce((SELECT t.amount_atoms FROM ledger_transfer AS t
                           WHERE t.key = 'spend:' || s.id || ':swept:' || s.settlements), 0)
              AS sats) AS p
 WHERE s.status = 'SETTLED' AND s.purpose <> 'VAULT' AND c.sats - m.sats <> p.sats
   AND EXISTS (SELECT FROM custody_chainposition WHERE reviewed_number >= facts_number)"""
_IN_A_SPEND = """
SELECT w.id::text AS withdrawal_id, w.status, s.status AS spend_status
  FROM {rows} AS w LEFT JOIN custody_spend AS s ON s.id = w.spend_id
 WHERE CASE w.status WHEN 'SIGNING' THEN s.status IN ('PLANNED', 'SIGNING', 'CONTESTED')
                     WHEN 'BROADCAST' THEN s.status IN ('BROADCAST', 'CONTESTED')
                     WHEN 'CONFIRMED' THEN s.status = 'SETTLED'
                     ELSE w.spend_id IS NULL END IS NOT TRUE"""

SPENDING_CHECKS = (
    Check(
        "coins_are_held_once",
        "No coin is held by two spends",
        """
        SELECT coin_id, count(*) AS holds FROM custody_spendcoin WHERE NOT is_released
         GROUP BY coin_id HAVING count(*) > 1""",
    ),
    Check(
        "withdrawals_are_settled_once",
        "A withdrawal is booked as often as its spend was settled, and undone each time but the last",
        _SETTLED_ONCE.format(rows="custody_withdrawal"),
        _SETTLED_ONCE.format(rows=_LATEST_WITHDRAWALS),
    ),
    Check(
        "settled_spends_are_their_postings",
        "What left the hot wallet by a settled spend is what its coins had beyond what came back",
        _POSTED.format(rows="custody_spend"),
        _POSTED.format(rows=_LATEST_SPENDS),
    ),
    Check(
        "withdrawals_on_their_way_have_a_spend",
        "A withdrawal that a signer may have signed is in a spend on its way, and no other one is",
        _IN_A_SPEND.format(rows="custody_withdrawal"),
        _IN_A_SPEND.format(rows=_LATEST_WITHDRAWALS),
    ),
)

CHECKS = (*WATCHER_CHECKS, *WITHDRAWAL_CHECKS, *SPENDING_CHECKS)
