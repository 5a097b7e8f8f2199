"""What the dashboard shows of markets, of who listens to them, and of the bots."""

from tools.grafana.panels import Row, Target, Unit, increase, lines, quantile, rate

_TURNOVER = increase("ballast_trades_notional_atoms_total", "market", over="1h")
MARKETS = Row(
    "Markets, market data and sockets",
    [
        lines(
            "Orders",
            "Orders a second that were accepted, by market.",
            Target(rate("ballast_orders_total", "market"), "{{market}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Trades",
            "Trades a second, by market.",
            Target(rate("ballast_trades_total", "market"), "{{market}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "How orders end",
            "Orders a second that were filled, canceled, expired.",
            Target(rate("ballast_orders_closed_total", "status"), "{{status}}"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Turnover",
            "What trades come to in an hour, in units of the quote asset (of 8 decimals).",
            Target(
                f"{increase('ballast_trades_notional_atoms_total', 'market', over='1h')} / 1e8", "{{market}}"
            ),
        ),
        lines(
            "Markets by status",
            "What is not OPEN was stopped by an operator or a circuit breaker.",
            Target("max by (state) (ballast_markets_in_state)", "{{state}}"),
        ),
        lines(
            "Sockets",
            "Open connections of all web processes, and what they listen to.",
            Target("sum(ballast_websocket_connections)", "connections"),
            Target("sum(ballast_websocket_subscriptions)", "subscriptions"),
        ),
        lines(
            "Room for sockets",
            "Connections of each web process, of how many it takes.",
            Target(
                'ballast_websocket_connections / (ballast_websocket_connections_limit{process="web"} > 0)',
                "{{instance}}",
            ),
            unit=Unit.RATIO,
        ),
        lines(
            "Sockets closed by the house",
            "Closes a second, by code: 1013 is a reader that is too slow.",
            Target(rate("ballast_websocket_closes_total", "code"), "{{code}}"),
            Target(rate("ballast_websocket_conflations_total"), "conflated"),
            unit=Unit.PER_SECOND,
        ),
        lines(
            "Bots",
            "Requests a second of the house's own bots, and how far their book is behind its source.",
            Target(rate("ballast_bots_requests_total", "bot", "outcome"), "{{bot}} {{outcome}}"),
            Target(quantile(0.95, "ballast_bots_lag_seconds"), "lag 95%, seconds"),
            Target("max(ballast_bots_source_silent)", "source silent"),
        ),
    ],
)
