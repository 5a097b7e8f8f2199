"""What the dashboard shows of the house, row by row. Every name stands in docs/metrics.md; tests ask a real
Prometheus for every expression."""

from tools.grafana.custody_rows import CUSTODY, VAULTS
from tools.grafana.market_rows import MARKETS
from tools.grafana.oracle_rows import ORACLE
from tools.grafana.panels import Row, Target, Unit, figure, increase, lines, mean, quantile, rate, table
from tools.grafana.server_rows import DATABASE, PROCESSES

_WRONG = {1: "orange", 2: "red"}
_ANY = {1: "red"}

HOUSE = Row(
    "House",
    [
        figure(
            "State",
            "What /health says of the house as a whole.",
            "max(ballast_house_state)",
            steps=_WRONG,
            words={0: "ok", 1: "degraded", 2: "down"},
        ),
        figure(
            "Failing checks",
            "Checks of /health that fail now.",
            "count(ballast_health == 2) or vector(0)",
            steps=_ANY,
        ),
        figure(
            "Invariants violated",
            "What must be true at every commit and is not. Anything but 0 is an emergency.",
            "count(ballast_invariant_violations > 0) or vector(0)",
            steps=_ANY,
        ),
        figure(
            "Waits for operators",
            "Withdrawals, proposals and halts that need a person's word.",
            "sum(ballast_approvals_waiting)",
            steps={1: "orange"},
        ),
        figure(
            "Trades an hour",
            "Trades of all markets in the last hour.",
            increase("ballast_trades_total", over="1h"),
        ),
        figure(
            "Price of bitcoin",
            "The oracle's last accepted price.",
            "max(ballast_oracle_price_e8) / 1e8",
            unit=Unit.DOLLARS,
        ),
        table(
            "Checks that warn or fail",
            "1 warns, 2 fails. docs/operating.md says what each means.",
            "max by (check) (ballast_health) > 0",
        ),
        lines(
            "Builds",
            "Processes by the version that they run and by the engine they would run.",
            Target("count by (version, engine) (ballast_build_info)", "{{version}} {{engine}}"),
            width=12,
        ),
    ],
)

FRONT_DOOR = Row(
    "Front door",
    [
        lines(
            "Requests",
            "Requests a second, by the kind of answer.",
            Target(rate("ballast_http_request_seconds_count", "status_class"), "{{status_class}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Latency",
            "From a request's head to the end of its answer, of all endpoints.",
            *(
                Target(quantile(share, "ballast_http_request_seconds"), f"{share:.0%}")
                for share in (0.5, 0.95, 0.99)
            ),
            unit=Unit.SECONDS,
        ),
        lines(
            "Slowest endpoints",
            "The ten endpoints with the longest 95 % latency.",
            Target(
                f"topk(10, {quantile(0.95, 'ballast_http_request_seconds', 'endpoint', 'method')})",
                "{{method}} {{endpoint}}",
            ),
            unit=Unit.SECONDS,
        ),
        lines(
            "Errors of ours",
            "Answers with a status of 500 and above, by endpoint.",
            Target(
                rate('ballast_http_requests_total{status=~"5.."}', "endpoint", "status"),
                "{{endpoint}} {{status}}",
            ),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Refused for their rate",
            "Requests a second that exceeded a limit, by the limit.",
            Target(rate("ballast_rate_limited_total", "kind"), "{{kind}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Pages of Django",
            "Requests that Django answers: the admin, logins.",
            Target(
                rate("django_http_requests_total_by_view_transport_method_total", "view"),
                "{{view}}",
            ),
            unit=Unit.PER_SECOND,
        ),
    ],
)

ENGINE = Row(
    "Engine",
    [
        lines(
            "Commands",
            "Commands a second that were committed, by kind.",
            Target(rate("ballast_engine_commands_total", "kind"), "{{kind}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Lag",
            "How long the first command in the queue has waited.",
            Target("max by (shard) (ballast_engine_lag_seconds)", "shard {{shard}}"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Queue",
            "Commands that wait for an engine.",
            Target("max by (shard) (ballast_engine_queue_length)", "shard {{shard}}"),
        ),
        lines(
            "Deciding and committing",
            "How long a batch is decided about, and how long PostgreSQL takes for it.",
            Target(quantile(0.5, "ballast_engine_apply_seconds", "shard"), "apply 50% {{shard}}"),
            Target(quantile(0.99, "ballast_engine_apply_seconds", "shard"), "apply 99% {{shard}}"),
            Target(quantile(0.5, "ballast_engine_commit_seconds", "shard"), "commit 50% {{shard}}"),
            Target(quantile(0.99, "ballast_engine_commit_seconds", "shard"), "commit 99% {{shard}}"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Batches",
            "Commands in one transaction, on average.",
            Target(mean("ballast_engine_batch_commands", "shard"), "shard {{shard}}"),
        ),
        lines(
            "Refused commands",
            "Refusals a second, by reason.",
            Target(rate("ballast_engine_rejects_total", "reason"), "{{reason}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Sequence",
            "Commands a second by the shard's committed sequence: it must not stand still while orders come.",
            Target("deriv(ballast_engine_sequence[5m])", "shard {{shard}}"),
            unit=Unit.PER_SECOND,
            width=6,
        ),
        lines(
            "Leaders",
            "1 where a process leads the shard and takes its commands.",
            Target(
                "min by (shard) (ballast_engine_has_leader * on (shard) ballast_engine_takes_commands)",
                "shard {{shard}}",
            ),
            Target("count by (shard) (ballast_engine_leads == 1)", "leaders of {{shard}}"),
            width=6,
        ),
        lines(
            "Changes of leader",
            "How often another process took over a shard in the last hour.",
            Target("delta(ballast_engine_epoch[1h])", "shard {{shard}}"),
            width=6,
        ),
        lines(
            "Rows that wait for an engine",
            "Operators' requests and wallet transfers, and how long the first has waited.",
            Target("max by (kind) (ballast_rows_waiting)", "{{kind}}"),
            Target("max by (kind) (ballast_rows_age_seconds)", "{{kind}}, seconds"),
            width=6,
        ),
    ],
)

ROWS = (HOUSE, FRONT_DOOR, ENGINE, MARKETS, ORACLE, CUSTODY, VAULTS, PROCESSES, DATABASE)
