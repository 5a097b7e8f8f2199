"""What must be true of rounds and minutes at every commit (see `ledger.identities`)."""

from ledger.identities import Check

# Of each minute whose rounds are all still there: of the first one some may be forgotten already.
_MINUTES = """
WITH since AS ({since}),
rounds AS (
    SELECT r.* FROM oracle_round AS r, since
     WHERE r.price_e8 IS NOT NULL AND r.time_ms >= since.ms - since.ms % 60000),
sums AS (
    SELECT time_ms - time_ms % 60000 AS start_ms,
           ROW((array_agg(price_e8 ORDER BY id))[1], max(price_e8), min(price_e8),
               (array_agg(price_e8 ORDER BY id DESC))[1], count(*), bool_or(is_simulated)) AS bar
      FROM rounds GROUP BY 1)
SELECT start_ms, s.bar::text AS rounds,
       ROW(m.open_e8, m.high_e8, m.low_e8, m.close_e8, m.rounds, m.is_simulated)::text AS minute
  FROM sums AS s FULL JOIN (SELECT m.* FROM oracle_minute AS m, since WHERE m.start_ms >= since.ms) AS m
 USING (start_ms)
 WHERE start_ms >= (SELECT ms FROM since) AND s.bar IS DISTINCT FROM
       ROW(m.open_e8, m.high_e8, m.low_e8, m.close_e8, m.rounds::bigint, m.is_simulated)"""
_WHOLE = "SELECT min(time_ms) AS ms FROM oracle_round"
_RECENT = (
    "SELECT greatest(max(time_ms) - 180000, min(time_ms)) AS ms"
    " FROM (SELECT time_ms FROM oracle_round ORDER BY id DESC LIMIT 20000) AS latest"
)
_SUMS = """
SELECT id AS round_id, cumulative, before + price::numeric * (time_ms - since_ms) AS counted FROM (
    SELECT id, time_ms, cumulative, lag(cumulative) OVER told AS before, lag(price_e8) OVER told AS price,
           lag(time_ms) OVER told AS since_ms
      FROM {rounds} AS one WHERE price_e8 IS NOT NULL WINDOW told AS (ORDER BY id)) AS accepted
 WHERE before IS NOT NULL AND cumulative <> before + price::numeric * (time_ms - since_ms)"""

CHECKS = (
    Check(
        "minutes_are_their_rounds",
        "The minutes of the oracle's price are what its accepted rounds come to",
        _MINUTES.format(since=_WHOLE),
        _MINUTES.format(since=_RECENT),
    ),
    Check(
        "prices_sum_up_over_time",
        "From each accepted price to the next the running sum grows by price times time",
        _SUMS.format(rounds="oracle_round"),
        _SUMS.format(rounds="(SELECT * FROM oracle_round ORDER BY id DESC LIMIT 5000)"),
    ),
    Check(
        "the_current_price_is_of_the_latest_round",
        "What is committed as the price now is of the latest round there is",
        """
        SELECT c.round_id AS current, r.id AS latest
          FROM (SELECT round_id FROM oracle_current WHERE round_id > 0) AS c
          FULL JOIN (SELECT id FROM oracle_round ORDER BY id DESC LIMIT 1) AS r ON true
         WHERE c.round_id IS DISTINCT FROM r.id""",
    ),
)
