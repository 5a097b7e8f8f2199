"""The statements of a batch: one for each table that it changes, and how the columns of its rows are sent."""

from typing import NamedTuple

from exchange.batch_rows import MARKET_COLUMNS
from ledger.columns import (
    Encoders,
    bigints,
    byteas,
    integers,
    integers_or_nulls,
    texts,
    texts_or_nulls,
    uuids,
)


class Statement(NamedTuple):
    """Takes its constants first, then a parameter for each column of the rows."""

    sql: str
    encoders: Encoders


JOURNAL = Statement(
    """
INSERT INTO exchange_journalentry
    (id, shard_id, sequence, epoch, timestamp_ns, command_id, command, events)
SELECT d.sequence * %s + %s, %s, d.sequence, %s, %s, d.command_id, d.command, d.events
  FROM unnest(%b::bigint[], %b::uuid[], %b::bytea[], %b::bytea[])
       AS d(sequence, command_id, command, events)""",
    (bigints, uuids, byteas, byteas),
)

NEW_ORDERS = Statement(
    """
INSERT INTO exchange_order
    (created_ns, updated_ns, id, account_id, market_id, client_order_id, side, order_type, time_in_force,
     post_only, price_ticks, quantity_lots, budget_atoms, self_trade_prevention, maker_fee_ppm, taker_fee_ppm,
     trigger_price_ticks, expires_ns, status, close_reason, reject_reason, filled_lots, prevented_lots,
     filled_quote_atoms, taker_quote_atoms, fee_atoms)
SELECT %s, %s, d.*
  FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %s::text[], %b::bigint[], %b::bigint[],
    %b::bigint[], %s::boolean[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
    %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
    %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[]) AS d""",
    (*[bigints] * 3, texts, *[bigints] * 3, integers, *[bigints] * 16),
)

# Amended, triggered, queued anew. It comes before the differences, which count on the new quantity.
MOVED_ORDERS = Statement(
    """
UPDATE exchange_order AS o
   SET original_price_ticks = CASE WHEN d.price IS NULL THEN o.original_price_ticks
           ELSE COALESCE(o.original_price_ticks, d.first_price, o.price_ticks) END,
       original_quantity_lots = CASE WHEN d.price IS NULL THEN o.original_quantity_lots
           ELSE COALESCE(o.original_quantity_lots, d.first_quantity, o.quantity_lots) END,
       original_trigger_price_ticks = CASE WHEN d.price IS NULL THEN o.original_trigger_price_ticks
           ELSE COALESCE(o.original_trigger_price_ticks, d.first_trigger, o.trigger_price_ticks) END,
       price_ticks = COALESCE(d.price, o.price_ticks),
       quantity_lots = COALESCE(d.quantity, o.quantity_lots),
       trigger_price_ticks = COALESCE(d.trigger, o.trigger_price_ticks),
       queued_sequence = COALESCE(d.queued_sequence, o.queued_sequence),
       queued_index = COALESCE(d.queued_index, o.queued_index),
       triggered_ns = COALESCE(d.triggered_ns, o.triggered_ns)
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
              %s::bigint[], %s::bigint[], %s::integer[], %s::bigint[])
       AS d(id, price, quantity, trigger, first_price, first_quantity, first_trigger,
            queued_sequence, queued_index, triggered_ns)
 WHERE o.id = d.id""",
    (integers, *[integers_or_nulls] * 9),
)

CHANGED_ORDERS = Statement(
    """
UPDATE exchange_order AS o
   SET status = COALESCE(d.status, o.status),
       close_reason = d.close_reason,
       filled_lots = o.filled_lots + d.filled_lots,
       prevented_lots = COALESCE(
           NULLIF(o.quantity_lots, 0) - o.filled_lots - d.filled_lots - d.remaining_lots,
           o.prevented_lots + d.prevented_lots),
       filled_quote_atoms = o.filled_quote_atoms + d.filled_quote_atoms,
       taker_quote_atoms = o.taker_quote_atoms + d.taker_quote_atoms,
       fee_atoms = o.fee_atoms + d.fee_atoms,
       updated_ns = %s
  FROM unnest(%b::bigint[], %s::smallint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
              %b::bigint[], %b::bigint[], %s::bigint[])
       AS d(id, status, close_reason, filled_lots, prevented_lots, filled_quote_atoms,
            taker_quote_atoms, fee_atoms, remaining_lots)
 WHERE o.id = d.id""",
    (bigints, integers_or_nulls, *[bigints] * 6, integers_or_nulls),
)

TRADES = Statement(
    """
INSERT INTO exchange_trade
    (id, market_id, trade_id, sequence, timestamp_ns, maker_order_id, taker_order_id, maker_account,
     taker_account, taker_side, price_ticks, quantity_lots, notional_atoms, maker_fee_atoms, taker_fee_atoms)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
    %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
    %b::bigint[], %b::bigint[])""",
    (bigints,) * 15,
)

CANDLES = Statement(
    """
INSERT INTO exchange_candle AS c
    (id, market_id, interval_s, start_s, open_ticks, high_ticks, low_ticks, close_ticks, volume_lots,
     volume_quote_atoms, taker_buy_lots, taker_buy_quote_atoms, trades, first_trade_id)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::integer[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::integer[],
    %s::bigint[])
ON CONFLICT (id) DO UPDATE
   SET high_ticks = GREATEST(c.high_ticks, EXCLUDED.high_ticks),
       low_ticks = LEAST(c.low_ticks, EXCLUDED.low_ticks),
       close_ticks = EXCLUDED.close_ticks,
       volume_lots = c.volume_lots + EXCLUDED.volume_lots,
       volume_quote_atoms = c.volume_quote_atoms + EXCLUDED.volume_quote_atoms,
       taker_buy_lots = c.taker_buy_lots + EXCLUDED.taker_buy_lots,
       taker_buy_quote_atoms = c.taker_buy_quote_atoms + EXCLUDED.taker_buy_quote_atoms,
       trades = c.trades + EXCLUDED.trades""",
    (integers,) * 14,
)

BALANCES = Statement(
    """
INSERT INTO exchange_balance (shard_id, account_id, asset, free_atoms, locked_atoms)
SELECT %s, d.* FROM unnest(%b::bigint[], %s::text[], %b::bigint[], %b::bigint[]) AS d
ON CONFLICT (account_id, asset, shard_id)
DO UPDATE SET free_atoms = EXCLUDED.free_atoms, locked_atoms = EXCLUDED.locked_atoms""",
    (bigints, texts, bigints, bigints),
)

MESSAGES = Statement(
    """
INSERT INTO exchange_accountmessage (shard_id, timestamp_ns, account_id, sequence, content)
SELECT %s, %s, d.* FROM unnest(%b::bigint[], %b::bigint[], %b::bytea[]) AS d""",
    (bigints, bigints, byteas),
)

TRANSFER_ENDS = Statement(
    """
UPDATE exchange_wallettransfer AS t
   SET status = d.status, reject_reason = d.reject_reason, resolved_at = clock_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::smallint[]) AS d(pending_id, status, reject_reason)
 WHERE t.pending_id = d.pending_id AND t.status = 'PENDING'""",
    (integers, texts, integers),
)

REQUEST_ENDS = Statement(
    """
UPDATE exchange_enginerequest AS r
   SET status = d.status, reject_reason = d.reject_reason, sequence = d.sequence,
       resolved_at = clock_timestamp()
  FROM unnest(%b::uuid[], %s::text[], %s::smallint[], %s::bigint[])
       AS d(command_id, status, reject_reason, sequence)
 WHERE r.command_id = d.command_id AND r.status = 'PENDING'""",
    (uuids, texts, integers, integers),
)

MARKETS = Statement(
    "UPDATE exchange_market AS m SET status = COALESCE(d.status, m.status), "  # noqa: S608 (names of ours)
    + ", ".join(f"{name} = COALESCE(d.{name}, m.{name})" for name in MARKET_COLUMNS)
    + " FROM unnest(%s::text[], %s::text[], "
    + ", ".join(["%s::bigint[]"] * len(MARKET_COLUMNS))
    + f") AS d(symbol, status, {', '.join(MARKET_COLUMNS)}) WHERE m.symbol = d.symbol",
    (texts, texts_or_nulls, *[integers_or_nulls] * len(MARKET_COLUMNS)),
)

FEE_TIERS = Statement(
    """
INSERT INTO exchange_feetier (market_id, tier, maker_fee_ppm, taker_fee_ppm)
SELECT * FROM unnest(%s::smallint[], %s::smallint[], %s::integer[], %s::integer[])
ON CONFLICT (market_id, tier)
DO UPDATE SET maker_fee_ppm = EXCLUDED.maker_fee_ppm, taker_fee_ppm = EXCLUDED.taker_fee_ppm""",
    (integers,) * 4,
)

ACCOUNT_TIERS = Statement(
    """
INSERT INTO exchange_accounttier (shard_id, account_id, tier)
SELECT %s, d.* FROM unnest(%s::bigint[], %s::smallint[]) AS d
ON CONFLICT (shard_id, account_id) DO UPDATE SET tier = EXCLUDED.tier""",
    (integers, integers),
)

SWITCHES = Statement(
    """
INSERT INTO exchange_deadmansswitch (shard_id, account_id, market, due_ns)
SELECT %s, d.* FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS d
ON CONFLICT (account_id, market, shard_id) DO UPDATE SET due_ns = EXCLUDED.due_ns""",
    (integers, texts, integers),
)
SWITCHES_OFF = Statement(
    """
DELETE FROM exchange_deadmansswitch AS s USING unnest(%s::bigint[], %s::text[]) AS d(account_id, market)
 WHERE s.shard_id = %s AND s.account_id = d.account_id AND s.market = d.market""",
    (integers, texts),
)
