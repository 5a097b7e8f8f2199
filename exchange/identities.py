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
        """
        SELECT s.number AS shard, s.sequence, j.entries, j.last
          FROM exchange_shard AS s CROSS JOIN LATERAL (
            SELECT count(*) AS entries, max(sequence) AS last FROM (
                SELECT sequence FROM exchange_journalentry
                 WHERE id > (s.sequence - 20000) * 64 + 63 AND shard_id = s.number) AS latest) AS j
         WHERE j.entries <> least(s.sequence, 20000) OR coalesce(j.last, 0) <> s.sequence""",
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
        """
        SELECT t.id AS wallet_transfer_id, t.status, p.status AS ledger_status
          FROM (SELECT * FROM exchange_wallettransfer ORDER BY id DESC LIMIT 20000) AS t
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
        # Of each market's latest trades, those orders that were placed after the first of these: all their
        # trades are among them.
        """
        WITH latest AS (
            SELECT t.* FROM exchange_market AS m CROSS JOIN LATERAL (
                SELECT market_id, sequence, maker_order_id, taker_order_id,
                       quantity_lots, notional_atoms, maker_fee_atoms, taker_fee_atoms FROM exchange_trade
                 WHERE id >= (m.id::bigint << 40) AND id < ((m.id + 1)::bigint << 40)
                 ORDER BY id DESC LIMIT 5000) AS t),
        begins AS (SELECT market_id, min(sequence) AS sequence FROM latest GROUP BY market_id),
        sides AS (
            SELECT maker_order_id AS id, quantity_lots, notional_atoms, maker_fee_atoms AS fee_atoms
              FROM latest
            UNION ALL
            SELECT taker_order_id, quantity_lots, notional_atoms, taker_fee_atoms FROM latest),
        sums AS (
            SELECT id, sum(quantity_lots) AS lots, sum(notional_atoms) AS quote, sum(fee_atoms) AS fees
              FROM sides GROUP BY id)
        SELECT id AS order_id, o.filled_lots, s.lots AS traded_lots
          FROM sums AS s JOIN exchange_order AS o USING (id) JOIN begins AS b USING (market_id)
         WHERE id >> 6 > b.sequence
           AND (o.filled_lots, o.filled_quote_atoms, o.fee_atoms) <> (s.lots, s.quote, s.fees)""",
    ),
    Check(
        "requests_end_with_their_commands",
        "An operator's request has ended exactly when the journal has its command",
        """
        SELECT r.id AS request_id, r.status, r.sequence, j.sequence AS journal_sequence
          FROM exchange_enginerequest AS r
          LEFT JOIN exchange_journalentry AS j ON j.command_id = r.command_id
         WHERE (r.status = 'PENDING') <> (j.sequence IS NULL) OR r.sequence IS DISTINCT FROM j.sequence""",
    ),
    Check(
        "candles_count_every_trade",
        "The days of a market have as many trades as the market",
        """
        SELECT m.symbol, coalesce(d.trades, 0) AS in_days, coalesce(t.trade_id, 0) AS last_trade_id
          FROM exchange_market AS m
          LEFT JOIN LATERAL (
            SELECT sum(trades) AS trades FROM exchange_candle
             WHERE id >= ((m.id * 16 + 3)::bigint << 40) AND id < ((m.id * 16 + 4)::bigint << 40)) AS d
            ON true
          LEFT JOIN LATERAL (
            SELECT trade_id FROM exchange_trade
             WHERE id >= (m.id::bigint << 40) AND id < ((m.id + 1)::bigint << 40)
             ORDER BY id DESC LIMIT 1) AS t ON true
         WHERE coalesce(d.trades, 0) <> coalesce(t.trade_id, 0)""",
    ),
    Check(
        "candles_agree_with_their_trades",
        "The latest minutes of each market are what its latest trades come to",
        # Of its last 5,000 trades; the first minute of those may have had more.
        """
        WITH latest AS (
            SELECT t.* FROM exchange_market AS m CROSS JOIN LATERAL (
                SELECT market_id, timestamp_ns / 60000000000 AS minute, trade_id, taker_side, price_ticks,
                       quantity_lots, notional_atoms FROM exchange_trade
                 WHERE id >= (m.id::bigint << 40) AND id < ((m.id + 1)::bigint << 40)
                 ORDER BY id DESC LIMIT 5000) AS t),
        sums AS (
            SELECT market_id, minute, min(min(minute)) OVER (PARTITION BY market_id) AS first_minute,
                   ROW((array_agg(price_ticks ORDER BY trade_id))[1], max(price_ticks), min(price_ticks),
                       (array_agg(price_ticks ORDER BY trade_id DESC))[1], sum(quantity_lots),
                       sum(notional_atoms), coalesce(sum(quantity_lots) FILTER (WHERE taker_side = 0), 0),
                       coalesce(sum(notional_atoms) FILTER (WHERE taker_side = 0), 0), count(*),
                       min(trade_id)) AS traded
              FROM latest GROUP BY market_id, minute)
        SELECT s.market_id, s.minute, s.traded::text AS traded FROM sums AS s
          LEFT JOIN exchange_candle AS c ON c.id = ((s.market_id * 16 + 1)::bigint << 40) + s.minute * 60
         WHERE s.minute > s.first_minute
           AND s.traded IS DISTINCT FROM ROW(c.open_ticks, c.high_ticks, c.low_ticks, c.close_ticks,
               c.volume_lots, c.volume_quote_atoms, c.taker_buy_lots, c.taker_buy_quote_atoms,
               c.trades::bigint, c.first_trade_id)""",
    ),
)
