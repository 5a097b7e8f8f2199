"""What the dashboard shows of the oracle."""

from tools.grafana.panels import Row, Target, Unit, figure, lines, rate

ORACLE = Row(
    "Oracle",
    [
        figure(
            "State",
            "FRESH may be used; what is STALE or HALTED mints and liquidates nothing.",
            "max(ballast_oracle_state)",
            steps={1: "orange", 2: "red"},
            words={0: "FRESH", 1: "DEGRADED", 2: "STALE", 3: "HALTED"},
        ),
        figure(
            "Age",
            "Of the last accepted price.",
            "max(ballast_oracle_age_seconds)",
            unit=Unit.SECONDS,
            steps={6: "orange", 10: "red"},
        ),
        figure(
            "Minting",
            "Whether the price may be minted by.",
            "min(ballast_oracle_minting_allowed)",
            words={0: "not now", 1: "allowed"},
        ),
        figure(
            "Liquidations",
            "Whether the price may be liquidated by.",
            "min(ballast_oracle_liquidations_allowed)",
            words={0: "not now", 1: "allowed"},
        ),
        figure(
            "Made up",
            "Whether the price is simulated.",
            "max(ballast_oracle_simulated)",
            words={0: "no", 1: "simulated"},
        ),
        figure(
            "Confidence",
            "Of the last accepted price.",
            "max(ballast_oracle_confidence_e8) / 1e8",
            unit=Unit.DOLLARS,
        ),
        lines(
            "Price",
            "The last accepted price.",
            Target("max(ballast_oracle_price_e8) / 1e8", "price"),
            unit=Unit.DOLLARS,
        ),
        lines(
            "Deviation of sources",
            "How far each source's quote is from the median.",
            Target("max by (source) (ballast_oracle_source_deviation_ratio)", "{{source}}"),
            unit=Unit.RATIO,
        ),
        lines(
            "Age of quotes",
            "How old each source's quote is.",
            Target("max by (source) (ballast_oracle_source_age_seconds)", "{{source}}"),
            unit=Unit.SECONDS,
        ),
        lines(
            "Rounds",
            "Rounds a second, by what came of them.",
            Target(rate("ballast_oracle_rounds_total", "outcome"), "{{outcome}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Quotes that do not count",
            "Quotes a second, by source and verdict.",
            Target(
                rate('ballast_oracle_quotes_total{verdict!="KEPT"}', "source", "verdict"),
                "{{source}} {{verdict}}",
            ),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Sources that fail",
            "Rounds a second without a quote, by source and reason.",
            Target(rate("ballast_oracle_source_failures_total", "source", "reason"), "{{source}} {{reason}}"),
            unit=Unit.PER_SECOND,
        ),
    ],
)
