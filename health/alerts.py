"""Alerts of the house as a whole: its servers, processes, schedule, invariants, machine, and who is told."""

from health.alerting.conditions import Absent, Compare, Either, checks_find
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, Increase, begins_not, none_of, one_of, select
from health.rules import Status

# Checks whose alerts stand by themselves: of what else fails it is at least said that it does.
_COVERED = (
    "alerts",
    "backup",
    "custody_",
    "database",
    "disk",
    "engine ",
    "invariants",
    "migrations",
    "notices",
    "oracle",
    "processes ",
    "redis",
    "reserves",
    "rows ",
    "supervised ",
    "tasks",
    "vaults",
)
_UP = select("up", one_of("job", "ballast"))
_AUDIT = "audit_trail_is_whole"
_FAILED = select("ballast_tasks_total", one_of("outcome", "failed"))

ALERTS = (
    page(
        "HouseUnreachable",
        Either(Compare(Gauge(_UP, by=("job",)), "==", 0), Absent(_UP)),
        for_s=120,
        summary="No web process gives its metrics.",
        stake="Nobody watches the house, and most likely customers cannot reach it.",
    ),
    page(
        "DatabaseAway",
        Compare(Gauge(select("ballast_database_up")), "==", 0),
        for_s=30,
        summary="PostgreSQL does not answer.",
        stake="Nothing can be changed: no trading, no logins, no withdrawals. Market data goes on.",
    ),
    warn(
        "DatabaseSlow",
        Compare(Gauge(select("ballast_database_answer_seconds")), ">", 25, percent=1),
        for_s=120,
        summary="PostgreSQL takes more than 250 ms to say anything.",
        stake="Each order waits for a commit: trading slows down, then queues fill.",
    ),
    page(
        "RedisAway",
        Compare(Gauge(select("ballast_redis_up")), "==", 0),
        for_s=30,
        summary="Redis does not answer.",
        stake="No orders, no live data, no tasks. What was acknowledged is in PostgreSQL.",
    ),
    page(
        "MigrationsMissing",
        Compare(Gauge(select("ballast_migrations_missing")), ">", 0),
        for_s=300,
        summary="The database is older than the version that runs on it.",
        stake="Whatever needs the missing columns fails, sooner or later, in the middle of something.",
    ),
    page(
        "ProcessMissing",
        checks_find("processes"),
        for_s=60,
        summary="{check}: none of that line of the process table is alive.",
        stake="Its work is not done; the runbook says whose work that is.",
    ),
    warn(
        "ProcessesTooFew",
        checks_find("processes", Status.WARN),
        for_s=300,
        summary="{check}: fewer are alive than there should be, or one is stuck.",
        stake="No reserve: the next failure stops its work.",
    ),
    page(
        "ProcessHeldBack",
        checks_find("supervised"),
        for_s=60,
        summary="{check}: it ended too often and is tried rarely.",
        stake="Its work stands still until its cause is mended.",
    ),
    page(
        "ScheduleNotCarriedOut",
        Compare(Gauge(select("ballast_tasks_last_run_age_seconds")), ">", 120),
        summary="No task of the schedule has ended for two minutes.",
        stake="No prices, no scans of vaults, no withdrawals, no notices.",
    ),
    warn(
        "TasksPileUp",
        Compare(Gauge(select("ballast_tasks_waiting")), ">", 200),
        for_s=120,
        summary="More than 200 tasks wait for a worker.",
        stake="What is due each few seconds comes late: prices, scans, withdrawals.",
    ),
    warn(
        "TasksFail",
        Compare(Increase(_FAILED, 900, by=("task",)), ">", 5),
        summary="{task} failed more than five times in 15 minutes.",
        stake="What it does is not done, though it is tried again.",
    ),
    page(
        "InvariantViolated",
        Compare(
            Gauge(select("ballast_invariant_violations", none_of("check", _AUDIT)), by=("check",)), ">", 0
        ),
        summary="{check} does not hold.",
        stake="Books disagree: a bug, or somebody wrote past the guards. Money may be wrong.",
    ),
    page(
        "AuditChainBroken",
        Compare(Gauge(select("ballast_invariant_violations", one_of("check", _AUDIT))), ">", 0),
        summary="An entry of the audit trail was changed or taken out.",
        stake="Somebody with access to the database hides what was done. Treat it as a break-in.",
    ),
    warn(
        "InvariantsNotLookedAt",
        Compare(
            Gauge(
                select(
                    "ballast_health", one_of("check", "invariants", "invariants recent", "invariants whole")
                ),
                by=("check",),
            ),
            ">=",
            Status.WARN,
        ),
        for_s=600,
        summary="{check}: not all were looked at lately, or could not be.",
        stake="A violation would not be seen.",
    ),
    warn(
        "DiskFillsUp",
        Compare(Gauge(select("ballast_disk_free_ratio")), "<", 10, percent=1),
        for_s=300,
        summary="Less than 10 % is free where the servers and logs of this machine lie.",
        stake="On a full disk PostgreSQL stops.",
    ),
    page(
        "DiskFull",
        Compare(Gauge(select("ballast_disk_free_ratio")), "<", 2, percent=1),
        for_s=60,
        summary="Less than 2 % is free where the servers and logs of this machine lie.",
        stake="PostgreSQL is about to stop, and with it everything.",
    ),
    warn(
        "CheckFails",
        Compare(
            Gauge(select("ballast_health", begins_not("check", *_COVERED)), by=("check",)), ">=", Status.FAIL
        ),
        for_s=900,
        summary="{check} has failed for a quarter of an hour.",
        stake="The check's own words on /status say it.",
    ),
    warn(
        "AlertReceiverUnreachable",
        Compare(Gauge(select("ballast_alerts_failing"), by=("channel",)), "==", 1),
        for_s=300,
        summary="Alerts cannot be told by {channel}.",
        stake="Whoever listens there hears of nothing.",
    ),
)
