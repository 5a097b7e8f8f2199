"""What the bots count, in the process's one registry of metrics."""

from prometheus_client import Counter, Gauge, Histogram

QUOTES = Counter("ballast_bots_quotes", "Orders of the maker, by what was done.", ["deed"])
TAKES = Counter("ballast_bots_takes", "Orders of the taker that were accepted.", ["side"])
REQUESTS = Counter("ballast_bots_requests", "Requests of a bot, by what came of them.", ["bot", "outcome"])
REFUSALS = Counter("ballast_bots_refusals", "Orders of a bot that were refused.", ["bot", "code"])
LAG_SECONDS = Histogram(
    "ballast_bots_lag_seconds",
    "From a change of the source's book to the committed one of ours.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
SILENT = Gauge("ballast_bots_source_silent", "Whether the source says nothing, so that nothing is quoted.")
OPEN_ORDERS = Gauge("ballast_bots_open_orders", "Orders of the maker that rest, as far as it knows.")
