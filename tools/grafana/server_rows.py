"""What the dashboard shows of processes, tasks and the house's servers."""

from tools.grafana.panels import Row, Target, Unit, increase, lines, mean, quantile, rate, table

PROCESSES = Row(
    "Processes and tasks",
    [
        lines(
            "Alive",
            "Processes of each line that beat and turn.",
            Target("max by (name) (ballast_processes_alive)", "{{name}}"),
        ),
        lines(
            "Memory",
            "Resident, of each process.",
            Target("process_resident_memory_bytes", "{{process}} {{instance}}"),
            unit=Unit.BYTES,
        ),
        lines(
            "Processor",
            "Seconds of a processor in a second, of each process.",
            Target("rate(process_cpu_seconds_total[$__rate_interval])", "{{process}} {{instance}}"),
            unit=Unit.RATIO,
        ),
        lines(
            "Heartbeats",
            "Since the last beat, and since the loop of a process turned.",
            Target("ballast_heartbeat_age_seconds", "{{process}} beat"),
            Target("ballast_work_age_seconds", "{{process}} work"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Open descriptors",
            "Of how many each process may have.",
            Target("process_open_fds / process_max_fds", "{{process}} {{instance}}"),
            unit=Unit.RATIO,
        ),
        table(
            "Started again",
            "How often each process was started again.",
            "max by (process, instance) (ballast_restarts) > 0",
            width=8,
        ),
        lines(
            "Tasks",
            "Tasks a second that ended, by how.",
            Target(rate("ballast_tasks_total", "outcome"), "{{outcome}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Slowest tasks",
            "The ten tasks that take the longest, on average.",
            Target(f"topk(10, {mean('ballast_task_seconds', 'task')})", "{{task}}"),
            unit=Unit.SECONDS,
        ),
        lines(
            "The schedule",
            "Tasks in the queue, and since the schedule's last task ran.",
            Target("max(ballast_tasks_waiting)", "waiting"),
            Target("max(ballast_tasks_last_run_age_seconds)", "seconds since the last"),
        ),
        lines(
            "Notices",
            "Attempts to send them, and how long the oldest waits.",
            Target(
                increase("ballast_notice_deliveries_total", "channel", "outcome"), "{{channel}} {{outcome}}"
            ),
            Target("max(ballast_notices_waiting)", "waiting"),
            Target("max(ballast_notices_oldest_seconds)", "oldest, seconds"),
        ),
        lines(
            "Invariants",
            "Since they were looked at, recently changed rows and everything.",
            Target("max by (check) (ballast_invariant_age_seconds)", "{{check}}"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Task latency",
            "95 % of tasks end within this time.",
            Target(quantile(0.95, "ballast_task_seconds"), "95%"),
            unit=Unit.SECONDS,
        ),
    ],
)

DATABASE = Row(
    "Database and Redis",
    [
        lines(
            "Up",
            "1 where the server answers.",
            Target("min(ballast_database_up)", "PostgreSQL"),
            Target("min(ballast_redis_up)", "Redis"),
            width=6,
        ),
        lines(
            "Answers",
            "How long a question takes.",
            Target("max(ballast_database_answer_seconds)", "PostgreSQL"),
            Target("max(ballast_redis_answer_seconds)", "Redis"),
            unit=Unit.SECONDS,
            width=6,
        ),
        lines(
            "Connections",
            "To PostgreSQL, of how many it allows, and to Redis.",
            Target("max(ballast_database_connections)", "PostgreSQL"),
            Target("max(ballast_database_connections_most)", "allowed"),
            Target("max(ballast_redis_clients)", "Redis"),
            width=6,
        ),
        lines(
            "Transactions",
            "A second.",
            Target("rate(ballast_database_commits_total[$__rate_interval])", "committed"),
            Target("rate(ballast_database_rollbacks_total[$__rate_interval])", "rolled back"),
            Target("rate(ballast_database_deadlocks_total[$__rate_interval])", "deadlocks"),
            unit=Unit.PER_SECOND,
            width=6,
        ),
        lines(
            "Size",
            "Of the database on disk, and of what queries spilled in the last hour.",
            Target("max(ballast_database_size_bytes)", "database"),
            Target("increase(ballast_database_temporary_bytes_total[1h])", "spilled"),
            unit=Unit.BYTES,
            width=6,
        ),
        lines(
            "Long transactions and locks",
            "The oldest open transaction, and locks that are waited for.",
            Target("max(ballast_database_longest_transaction_seconds)", "seconds"),
            Target("max(ballast_database_waiting_locks)", "locks"),
            width=6,
        ),
        lines(
            "Memory of Redis",
            "And how much it may have, where that is bounded.",
            Target("max(ballast_redis_memory_bytes)", "used"),
            Target("max(ballast_redis_memory_most_bytes) > 0", "allowed"),
            unit=Unit.BYTES,
            width=6,
        ),
        lines(
            "Redis",
            "Commands a second; keys evicted and connections refused should stay at none.",
            Target("rate(ballast_redis_commands_total[$__rate_interval])", "commands"),
            Target("rate(ballast_redis_evicted_keys_total[$__rate_interval])", "evicted"),
            Target("rate(ballast_redis_rejected_connections_total[$__rate_interval])", "refused"),
            unit=Unit.PER_SECOND,
            width=6,
        ),
        lines(
            "Room on disk",
            "Where the state folder is.",
            Target("min(ballast_disk_free_ratio)", "free"),
            unit=Unit.RATIO,
            width=6,
        ),
        lines(
            "Migrations that are missing",
            "Anything but 0: this version runs on an older database.",
            Target("max(ballast_migrations_missing)", "missing"),
            width=6,
        ),
    ],
)
