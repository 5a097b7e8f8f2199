"""What must be true between the engine's tables and the ledger at every commit (see `ledger.identities`)."""

from ledger.identities import Check

CHECKS = (
    Check(
        "trading_balances_are_in_the_ledger",
        "Per account and asset, what the engine holds free and locked is the ledger's trading balance",
        """
        WITH held AS (
            SELECT account_id AS owner_id, asset AS asset_id, shard_id AS shard,
                   free_atoms + locked_atoms AS atoms FROM exchange_balance),
        booked AS (
            SELECT owner_id, asset_id, shard, balance_atoms AS atoms
              FROM ledger_account WHERE purpose = 'TRADING')
        SELECT owner_id, asset_id AS asset, shard, coalesce(h.atoms, 0) AS engine_atoms,
               coalesce(b.atoms, 0) AS ledger_atoms
          FROM held AS h FULL JOIN booked AS b USING (owner_id, asset_id, shard)
         WHERE coalesce(h.atoms, 0) <> coalesce(b.atoms, 0)""",
    ),
    Check(
        "journal_is_dense",
        "Each shard's journal has every sequence up to the shard's own, once",
        """
        SELECT s.number AS shard, s.sequence, count(j.id) AS entries, max(j.sequence) AS last
          FROM exchange_shard AS s LEFT JOIN exchange_journalentry AS j ON j.shard_id = s.number
         GROUP BY s.number, s.sequence
        HAVING count(j.id) <> s.sequence OR coalesce(max(j.sequence), 0) <> s.sequence""",
    ),
    Check(
        "transfers_and_their_money_end_together",
        "A wallet transfer is posted or refused exactly when its pending ledger transfer is posted or voided",
        """
        SELECT t.id AS wallet_transfer_id, t.status, p.status AS ledger_status
          FROM exchange_wallettransfer AS t
          LEFT JOIN ledger_pendingtransfer AS p ON p.id = t.pending_id
         WHERE p.status IS DISTINCT FROM
               CASE t.status WHEN 'REFUSED' THEN 'VOIDED' ELSE t.status END""",
    ),
    Check(
        "orders_agree_with_their_trades",
        "What an order has filled, in lots and quote, is the sum of its trades",
        """
        WITH sides AS (
            SELECT maker_order_id AS id, quantity_lots, notional_atoms, maker_fee_atoms AS fee_atoms
              FROM exchange_trade
            UNION ALL
            SELECT taker_order_id, quantity_lots, notional_atoms, taker_fee_atoms FROM exchange_trade),
        sums AS (
            SELECT id, sum(quantity_lots) AS lots, sum(notional_atoms) AS quote, sum(fee_atoms) AS fees
              FROM sides GROUP BY id)
        SELECT o.id AS order_id, o.filled_lots, coalesce(s.lots, 0) AS traded_lots
          FROM exchange_order AS o LEFT JOIN sums AS s USING (id)
         WHERE o.filled_lots <> coalesce(s.lots, 0) OR o.filled_quote_atoms <> coalesce(s.quote, 0)
            OR o.fee_atoms <> coalesce(s.fees, 0)""",
    ),
)
