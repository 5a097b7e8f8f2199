"""For each alert samples that make it fire, and samples near them that do not."""

from tests.alerting.scenes import Case, Samples, appears, flat, grows

Three = tuple[Samples, Samples, dict[str, str]]

HEALTH = "ballast_health"


def check(name: str, bad: float = 2, good: float = 0, *, label: bool = True) -> Three:
    series = f'{HEALTH}{{check="{name}"}}'
    return {series: flat(bad)}, {series: flat(good)}, {"check": name} if label else {}


def gauge(series: str, bad: float, good: float, **labels: str) -> Three:
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    whole = f"{series}{{{inside}}}" if inside else series
    return {whole: flat(bad)}, {whole: flat(good)}, labels


def case(name: str, three: Three) -> Case:
    bad, good, labels = three
    return Case(name, bad, good, labels)


REQUESTS = (
    'ballast_http_requests_total{process="web",instance="a:1",endpoint="orders",method="POST",status="%s"}'
)
SECONDS = 'ballast_http_request_seconds%s{process="web",instance="a:1",endpoint="orders"%s}'
LIMITED = 'ballast_rate_limited_total{kind="ip"}'
MAILS = 'ballast_notice_deliveries_total{channel="EMAIL",outcome="%s"}'
SOCKETS = 'ballast_websocket_connections{process="web",instance="a:1"}'
SOCKETS_MOST = 'ballast_websocket_connections_limit{process="web",instance="a:1"}'
ANSWERS = 'ballast_custody_signer_answers_total{role="hot",outcome="%s"}'
REORGS = "ballast_custody_reorg_depth%s"
TASKS = 'ballast_tasks_total{task="vaults.tasks.scan_vaults",outcome="%s"}'
QUOTES = 'ballast_oracle_quotes_total{source="kraken:BTC/USD",verdict="%s"}'
FAILURES = 'ballast_oracle_source_failures_total{source="kraken:BTC/USD",reason="TIMEOUT"}'
HOUR = 3_600

OF_THE_HOUSE = [
    Case(
        "HouseUnreachable", {'up{job="ballast"}': flat(0)}, {'up{job="ballast"}': flat(1)}, {"job": "ballast"}
    ),
    case("DatabaseAway", gauge("ballast_database_up", 0, 1)),
    case("DatabaseSlow", gauge("ballast_database_answer_seconds", 0.4, 0.02)),
    case("RedisAway", gauge("ballast_redis_up", 0, 1)),
    case("MigrationsMissing", gauge("ballast_migrations_missing", 2, 0)),
    case("ProcessMissing", check("processes engine", good=1)),
    case("ProcessesTooFew", check("processes engine", bad=1)),
    case("ProcessHeldBack", check("supervised worker", good=1)),
    case("ScheduleNotCarriedOut", gauge("ballast_tasks_last_run_age_seconds", 121, 60)),
    case("TasksPileUp", gauge("ballast_tasks_waiting", 250, 150)),
    Case(
        "TasksFail",
        {TASKS % "failed": grows(1), TASKS % "done": grows(30)},
        {TASKS % "failed": flat(9), TASKS % "done": grows(30)},
        {"task": "vaults.tasks.scan_vaults"},
    ),
    case("InvariantViolated", gauge("ballast_invariant_violations", 1, 0, check="ledger_sums_to_zero")),
    Case(
        "AuditChainBroken",
        {'ballast_invariant_violations{check="audit_trail_is_whole"}': flat(1)},
        {
            'ballast_invariant_violations{check="audit_trail_is_whole"}': flat(0),
            'ballast_invariant_violations{check="another"}': flat(1),
        },
    ),
    case("InvariantsNotLookedAt", check("invariants whole", bad=1)),
    case("DiskFillsUp", gauge("ballast_disk_free_ratio", 0.08, 0.12)),
    case("DiskFull", gauge("ballast_disk_free_ratio", 0.01, 0.05)),
    case("CheckFails", check("something_new")),
    case("AlertReceiverUnreachable", gauge("ballast_alerts_failing", 1, 0, channel="slack")),
]

OF_THE_EXCHANGE = [
    case("EngineHasNoLeader", gauge("ballast_engine_has_leader", 0, 1, shard="0")),
    case("EngineTakesNoCommands", gauge("ballast_engine_takes_commands", 0, 1, shard="0")),
    case("EngineLags", gauge("ballast_engine_lag_seconds", 11, 5, shard="0")),
    case("EngineSlow", gauge("ballast_engine_lag_seconds", 2, 0.3, shard="0")),
    case("EngineQueueGrows", gauge("ballast_engine_queue_length", 6_000, 4_000, shard="0")),
    case("RowsWaitForEngine", gauge("ballast_rows_age_seconds", 90, 20, kind="transfers")),
    Case(
        "MarketStopped",
        {
            'ballast_markets_in_state{state="HALTED"}': flat(1),
            'ballast_markets_in_state{state="OPEN"}': flat(3),
        },
        {
            'ballast_markets_in_state{state="HALTED"}': flat(0),
            'ballast_markets_in_state{state="OPEN"}': flat(4),
        },
        {"state": "HALTED"},
    ),
    case("BotsSourceSilent", gauge("ballast_bots_source_silent", 1, 0)),
    Case(
        "BotsRefused",
        {'ballast_bots_refusals_total{bot="maker",code="INSUFFICIENT_FUNDS"}': grows(100)},
        {'ballast_bots_refusals_total{bot="maker",code="INSUFFICIENT_FUNDS"}': grows(10)},
        {"code": "INSUFFICIENT_FUNDS"},
    ),
]

OF_THE_DOOR = [
    Case(
        "ServerErrors",
        {REQUESTS % "200": grows(600), REQUESTS % "503": grows(60)},
        {REQUESTS % "200": grows(6_000), REQUESTS % "503": grows(60)},
    ),
    Case(
        "ServerErrorsFew",
        {REQUESTS % "200": grows(6_000), REQUESTS % "500": grows(3)},
        {REQUESTS % "200": grows(6_000), REQUESTS % "500": flat(400)},
    ),
    Case(
        "AnswersSlow",
        {SECONDS % ("_bucket", ',le="1.0"'): grows(900), SECONDS % ("_count", ""): grows(1_000)},
        {SECONDS % ("_bucket", ',le="1.0"'): grows(990), SECONDS % ("_count", ""): grows(1_000)},
    ),
    Case(
        "RateLimitStorm",
        {LIMITED: grows(900), REQUESTS % "429": grows(900), REQUESTS % "200": grows(900)},
        {LIMITED: grows(900), REQUESTS % "429": grows(900), REQUESTS % "200": grows(9_000)},
    ),
    Case(
        "SocketsNearLimit",
        {SOCKETS: flat(4_700), SOCKETS_MOST: flat(5_000)},
        {SOCKETS: flat(4_000), SOCKETS_MOST: flat(5_000)},
        {"instance": "a:1"},
    ),
    Case(
        "SocketsCut",
        {'ballast_websocket_closes_total{code="1013"}': grows(50)},
        {'ballast_websocket_closes_total{code="1001"}': grows(500)},
    ),
    case("NoticesUndelivered", gauge("ballast_notices_oldest_seconds", 1_000, 20)),
    Case(
        "MailsFail",
        {MAILS % "FAILED": grows(5), MAILS % "DELIVERED": grows(1)},
        {MAILS % "FAILED": grows(1), MAILS % "DELIVERED": grows(5)},
    ),
    case("BackupTooOld", check("backup", bad=1, label=False)),
    Case(
        "BackupFailed",
        {"ballast_backup_failures_total": appears(1)},
        {"ballast_backup_failures_total": flat(7)},
    ),
]

OF_THE_ORACLE = [
    case("OracleStale", gauge("ballast_oracle_state", 2, 1)),
    case("OracleHalted", gauge("ballast_oracle_state", 3, 0)),
    case("OracleDegraded", gauge("ballast_oracle_state", 1, 0)),
    case("OracleSourceDropped", check("oracle_source kraken:BTC/USD", bad=1)),
    Case(
        "OracleSourceFails",
        {FAILURES: grows(20), QUOTES % "ABSENT": grows(20), QUOTES % "KEPT": grows(10)},
        {FAILURES: grows(3), QUOTES % "ABSENT": grows(3), QUOTES % "KEPT": grows(27)},
        {"source": "kraken:BTC/USD"},
    ),
]

OF_VAULTS = [
    case("VaultsOverlooked", gauge("ballast_vaults_scan_overlooked", 1, 0)),
    case("VaultFeeLate", gauge("ballast_vaults_fee_late_seconds", HOUR + 1, 120)),
    Case(
        "VaultsLiquidating",
        {'ballast_vaults_in_state{state="LIQUIDATING"}': flat(2)},
        {
            'ballast_vaults_in_state{state="LIQUIDATING"}': flat(0),
            'ballast_vaults_in_state{state="ACTIVE"}': flat(9),
        },
    ),
    Case(
        "VaultsFrozen",
        {'ballast_vaults_in_state{state="FROZEN"}': flat(1)},
        {'ballast_vaults_in_state{state="FROZEN"}': flat(0)},
    ),
    Case(
        "VaultNearLiquidation",
        {"ballast_vaults_lowest_ratio": flat(1.53), "ballast_vaults_liquidation_ratio": flat(1.5)},
        {"ballast_vaults_lowest_ratio": flat(1.6), "ballast_vaults_liquidation_ratio": flat(1.5)},
    ),
    case("VaultUnderwater", gauge("ballast_vaults_lowest_ratio", 1.03, 1.2)),
    Case(
        "DebtCeilingNear",
        {"ballast_vaults_ceiling_debt_atoms": flat(9e15), "ballast_vaults_ceiling_most_atoms": flat(1e16)},
        {"ballast_vaults_ceiling_debt_atoms": flat(8e15), "ballast_vaults_ceiling_most_atoms": flat(1e16)},
    ),
    case("ReserveProofLate", gauge("ballast_reserves_age_seconds", 3 * HOUR, HOUR)),
    Case(
        "LiabilitiesAboveAssets",
        {
            'ballast_reserves_owed_atoms{asset="BTC"}': flat(101),
            'ballast_reserves_backing_atoms{asset="BTC"}': flat(100),
        },
        {
            'ballast_reserves_owed_atoms{asset="BTC"}': flat(100),
            'ballast_reserves_backing_atoms{asset="BTC"}': flat(100),
        },
        {"asset": "BTC"},
    ),
]

OF_CUSTODY = [
    case("ChainAway", gauge("ballast_custody_chain_silent_seconds", 130, 10)),
    case("ChainBehind", gauge("ballast_custody_chain_lag", 13, 2)),
    case("ChainNotBelieved", gauge("ballast_custody_chain_unfit", 1, 0)),
    case("ChainTipOld", gauge("ballast_custody_chain_tip_age_seconds", 11_000, HOUR)),
    Case(
        "DeepReorg",
        {REORGS % "_count": appears(1), REORGS % '_bucket{le="2.0"}': appears(0)},
        {REORGS % "_count": appears(1), REORGS % '_bucket{le="2.0"}': appears(1)},
    ),
    case("SignerAway", gauge("ballast_custody_signer_answers", 0, 1, role="hot")),
    Case(
        "BackupSignerAway",
        {'ballast_custody_signer_answers{role="backup"}': flat(0)},
        {'ballast_custody_signer_answers{role="backup"}': flat(1)},
    ),
    Case(
        "SignerRefused",
        {ANSWERS % "SIGNED": grows(3), ANSWERS % "FEE_TOO_HIGH": appears(1)},
        {ANSWERS % "SIGNED": grows(3), ANSWERS % "VELOCITY": appears(1), ANSWERS % "UNAVAILABLE": grows(1)},
        {"role": "hot", "outcome": "FEE_TOO_HIGH"},
    ),
    Case(
        "SignerVelocity",
        {ANSWERS % "VELOCITY": grows(1)},
        {ANSWERS % "VELOCITY": flat(5)},
        {"role": "hot"},
    ),
    case("SignerShowsAnotherKey", gauge("ballast_custody_signer_another_key", 1, 0, role="protocol")),
    case("WithdrawalsStopped", gauge("ballast_custody_withdrawals_stopped", 1, 0)),
    case(
        "WithdrawalAwaitsApproval",
        gauge("ballast_custody_withdrawals_approval_oldest_seconds", 8_000, 600),
    ),
    case("WithdrawalStuck", gauge("ballast_custody_withdrawals_oldest_seconds", 90_000, 40_000)),
    case(
        "WithdrawalUnconfirmed",
        gauge("ballast_custody_withdrawals_unconfirmed_oldest_seconds", 22_000, HOUR),
    ),
    case("SpendNeedsPerson", gauge("ballast_custody_withdrawals_troubled_spends", 1, 0)),
    Case(
        "ConflictingTransaction",
        {'ballast_custody_tellings_total{verdict="CONFLICT"}': appears(1)},
        {'ballast_custody_tellings_total{verdict="ACCEPTED"}': grows(1)},
    ),
    case("UnexpectedSpend", gauge("ballast_custody_deposits_unexpected_spends", 1, 0)),
    case("HotWalletTooLow", gauge("ballast_custody_hot_missing_sats", 100_000, 0)),
    Case(
        "HotWalletAboveCap",
        {"ballast_custody_hot_sats": flat(2.1e9), "ballast_custody_hot_cap_sats": flat(1e9)},
        {"ballast_custody_hot_sats": flat(1.9e9), "ballast_custody_hot_cap_sats": flat(1e9)},
    ),
    Case(
        "HotWalletFullyHeld",
        {"ballast_custody_hot_sats": flat(1e8), "ballast_custody_hot_held_sats": flat(1e8)},
        {"ballast_custody_hot_sats": flat(0), "ballast_custody_hot_held_sats": flat(0)},
    ),
]

CASES = [*OF_THE_HOUSE, *OF_THE_EXCHANGE, *OF_THE_DOOR, *OF_THE_ORACLE, *OF_VAULTS, *OF_CUSTODY]
