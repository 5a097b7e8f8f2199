"""What must be true of each deed that left a vault with less cover: it was enough at the price of then."""

from ledger.identities import Check

# A mint, and bitcoin that left while something was owed: what the vault was after it, at the price that the
# event names, which is no better than the accepted one of its round less the doubt about that.
_COVERED = """
SELECT e.stream, e.version, e.name, e.data->>'collateral_sats' AS collateral_sats,
       e.data->>'debt_atoms' AS debt_atoms, e.data->>'price_e8' AS price_e8, r.price_e8 AS round_price_e8
  FROM {events} AS e
  JOIN vaults_vault AS v ON v.id::text = substr(e.stream, 7)
  JOIN vaults_figuresversion AS f ON f.id = v.figures_id
  LEFT JOIN oracle_round AS r ON r.id = (e.data->>'round_id')::bigint
 WHERE e.stream LIKE 'vault:%'
   AND (e.name = 'MINTED' OR e.name = 'WITHDRAWAL_PLANNED' AND e.data->>'normalised_atoms' <> '0')
   AND ((e.data->>'collateral_sats')::numeric * (e.data->>'price_e8')::numeric * 1000000
          >= (e.data->>'debt_atoms')::numeric * f.min_ratio_ppm * 100000000
        AND coalesce((e.data->>'price_e8')::bigint <= r.price_e8 - r.confidence_e8, true)) IS NOT TRUE"""
_LATEST_EVENTS = "(SELECT * FROM ledger_domainevent ORDER BY id DESC LIMIT 2000)"

COVER_CHECKS = (
    Check(
        "deeds_left_enough_cover",
        "Each mint, and each withdrawal of a vault that owes, left it its minimum ratio at the price of then",
        _COVERED.format(events="ledger_domainevent"),
        _COVERED.format(events=_LATEST_EVENTS),
    ),
)
