"""What must be true of vaults at every commit (see `ledger.identities`): each row is what its events and its
coins say, and what all vaults owe is what the books say."""

from ledger.identities import Check
from vaults.identities_cover import COVER_CHECKS
from vaults.identities_money import MONEY_CHECKS
from vaults.rules.statuses import OPEN_WITHDRAWALS, CoinStatus, WithdrawalKind, WithdrawalStatus

_INT64_MAX = 2**63 - 1
_OPEN = ", ".join(f"'{one}'" for one in OPEN_WITHDRAWALS)
_ENDED = f"'{WithdrawalStatus.CONFIRMED}', '{WithdrawalStatus.CANCELED}'"
# Of a closed vault, too: a reorg has taken its block, and it is told again.
_UNDONE = f"'{WithdrawalStatus.BROADCAST}', '{WithdrawalStatus.SUSPENDED}'"
_ALL = "vaults_vault"
# The vaults of the latest events, of whichever streams.
_LATELY = """(
    SELECT * FROM vaults_vault WHERE id IN (
        SELECT substr(stream, 7)::uuid FROM (
            SELECT stream FROM ledger_domainevent ORDER BY id DESC LIMIT 2000) AS latest
         WHERE stream ~ '^vault:[0-9a-f-]{36}$'))"""

# S608: words of this file and of enums only, here and below.
_COLLATERAL = f"""
SELECT v.id::text AS vault_id, v.collateral_sats, c.sats AS credited_sats, w.sats AS leaving_sats
  FROM {{vaults}} AS v
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(value_sats), 0) AS sats FROM vaults_vaultcoin
        WHERE vault_id = v.id AND status = '{CoinStatus.CREDITED}') AS c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_sats + fee_sats), 0) AS sats FROM vaults_collateralwithdrawal
        WHERE vault_id = v.id AND status IN ({_OPEN})) AS w
 WHERE v.collateral_sats <> c.sats - w.sats"""  # noqa: S608
_COINS = """
SELECT vc.id AS vault_coin_id, vc.value_sats, c.value_sats AS coin_sats, s.wallet
  FROM {coins} AS vc JOIN custody_coin AS c ON c.id = vc.coin_id
  JOIN custody_watchedscript AS s ON s.id = c.watched_id
 WHERE c.value_sats <> vc.value_sats OR s.trail <> 'VAULT' OR s.wallet <> vc.vault_id::text"""
_LATEST_COINS = "(SELECT * FROM vaults_vaultcoin ORDER BY id DESC LIMIT 2000)"
_EVENTS = """
SELECT v.id::text AS vault_id, v.version, e.version AS event_version, v.status, v.collateral_sats,
       v.normalised_atoms, e.data
  FROM {vaults} AS v
  LEFT JOIN LATERAL (
       SELECT version, data FROM ledger_domainevent
        WHERE stream = 'vault:' || v.id ORDER BY version DESC LIMIT 1) AS e ON true
 WHERE (v.version, v.status, v.collateral_sats, v.normalised_atoms)
       IS DISTINCT FROM (e.version, e.data->>'status', (e.data->>'collateral_sats')::bigint,
                         (e.data->>'normalised_atoms')::bigint)
    OR v.version <> (SELECT count(*) FROM ledger_domainevent WHERE stream = 'vault:' || v.id)"""
_STRANGE_EVENTS = """
SELECT e.id AS event_id, e.stream FROM {events} AS e
 WHERE e.stream LIKE 'vault:%'
   AND NOT EXISTS (SELECT FROM vaults_vault AS v WHERE v.id::text = substr(e.stream, 7))"""
_LATEST_EVENTS = "(SELECT * FROM ledger_domainevent ORDER BY id DESC LIMIT 2000)"


def _key(ratio: str) -> str:
    """As `rules.ratios.stored_key`: whole numbers only, rounded up by adding what is one less than a unit."""
    divisor = "(1000000::numeric * v.collateral_sats)"
    product = f"((v.normalised_atoms + 1)::numeric * f.{ratio} * 100000000)"
    rounded_up = f"div({product} + {divisor} - 1, {divisor})"
    return f"""CASE WHEN v.normalised_atoms = 0 THEN NULL WHEN v.collateral_sats = 0 THEN {_INT64_MAX}
            ELSE least({rounded_up}, {_INT64_MAX}) END"""


_KEYS = f"""
SELECT v.id::text AS vault_id, v.liquidation_key, v.warning_key
  FROM {{vaults}} AS v JOIN vaults_figuresversion AS f ON f.id = v.figures_id
 WHERE v.liquidation_key IS DISTINCT FROM {_key("liquidation_ratio_ppm")}
    OR v.warning_key IS DISTINCT FROM {_key("warning_ratio_ppm")}"""  # noqa: S608
_STATES = f"""
SELECT v.id::text AS vault_id, v.status FROM {{vaults}} AS v
 WHERE v.status IN ('PENDING', 'CLOSED') AND v.collateral_sats <> 0
    OR v.status IN ('WARNING', 'LIQUIDATING') AND v.normalised_atoms = 0
    OR v.status = 'CLOSED' AND EXISTS (
       SELECT FROM vaults_collateralwithdrawal AS w
        WHERE w.vault_id = v.id AND w.status NOT IN ({_ENDED}, {_UNDONE}))
    OR v.status NOT IN ('CLOSING', 'CLOSED', 'FROZEN') AND EXISTS (
       SELECT FROM vaults_collateralwithdrawal AS w
        WHERE w.vault_id = v.id AND w.kind = '{WithdrawalKind.CLOSE}' AND w.status NOT IN ({_ENDED}))
    OR v.status <> 'FROZEN' AND v.normalised_atoms > 0 AND EXISTS (
       SELECT FROM vaults_vaultcoin AS c WHERE c.vault_id = v.id AND c.status = '{CoinStatus.GONE}')"""  # noqa: S608


def _of_vaults(name: str, meaning: str, query: str) -> Check:
    return Check(name, meaning, query.format(vaults=_ALL), query.format(vaults=_LATELY))


VAULT_CHECKS = (
    _of_vaults(
        "collateral_is_credited_coins",
        "A vault's collateral is its credited coins less amount and fee of its open withdrawals",
        _COLLATERAL,
    ),
    Check(
        "vault_coins_are_their_coins",
        "A vault's coin is of its output's value and pays the vault's own wallet",
        _COINS.format(coins="vaults_vaultcoin"),
        _COINS.format(coins=_LATEST_COINS),
    ),
    _of_vaults(
        "vaults_are_their_events", "A vault is what its latest event says, and none is missing", _EVENTS
    ),
    Check(
        "vault_events_have_their_vault",
        "No event is of a vault that does not exist",
        _STRANGE_EVENTS.format(events="ledger_domainevent"),
        _STRANGE_EVENTS.format(events=_LATEST_EVENTS),
    ),
    _of_vaults(
        "vault_keys_are_their_ratios",
        "What a price is compared with is what collateral, debt and the pinned ratios give",
        _KEYS,
    ),
    _of_vaults(
        "vault_states_fit",
        "What a vault holds, owes and sends fits its state: closed ones nothing, warned ones owe something",
        _STATES,
    ),
)

CHECKS = (*MONEY_CHECKS, *VAULT_CHECKS, *COVER_CHECKS)
