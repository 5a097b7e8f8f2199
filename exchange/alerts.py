"""Alerts of the exchange: whether each shard is led and keeps up, and whether markets are open."""

from health.alerting.conditions import Compare
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, Increase, none_of, select

ALERTS = (
    page(
        "EngineHasNoLeader",
        Compare(Gauge(select("ballast_engine_has_leader"), by=("shard",)), "==", 0),
        for_s=20,
        summary="Nobody leads shard {shard}.",
        stake="Its markets stand still; open orders rest as they are.",
    ),
    page(
        "EngineTakesNoCommands",
        Compare(Gauge(select("ballast_engine_takes_commands"), by=("shard",)), "==", 0),
        for_s=30,
        summary="The queue of shard {shard} is not read.",
        stake="Its markets stand still though somebody holds the lease.",
    ),
    page(
        "EngineLags",
        Compare(Gauge(select("ballast_engine_lag_seconds"), by=("shard",)), ">", 10),
        for_s=30,
        summary="The first command of shard {shard} has waited for more than 10 s.",
        stake="Orders run past their deadline and are refused; cancels come too late.",
    ),
    warn(
        "EngineSlow",
        Compare(Gauge(select("ballast_engine_lag_seconds"), by=("shard",)), ">", 1),
        for_s=60,
        summary="Commands of shard {shard} wait for more than a second.",
        stake="Traders see slow answers; makers take their quotes away.",
    ),
    warn(
        "EngineQueueGrows",
        Compare(Gauge(select("ballast_engine_queue_length"), by=("shard",)), ">", 5_000),
        for_s=30,
        summary="More than 5,000 commands wait for shard {shard}.",
        stake="More comes in than is committed: at the queue's limit new orders are refused.",
    ),
    warn(
        "RowsWaitForEngine",
        Compare(Gauge(select("ballast_rows_age_seconds"), by=("kind",)), ">", 60),
        for_s=60,
        summary="{kind}: the first that no engine has taken up has waited for more than a minute.",
        stake="Money between wallets is on its way, or what an operator asked for is not done.",
    ),
    warn(
        "MarketStopped",
        Compare(Gauge(select("ballast_markets_in_state", none_of("state", "OPEN")), by=("state",)), ">", 0),
        for_s=1_800,
        summary="A market has been {state} for half an hour.",
        stake="Nobody trades there; a circuit breaker may wait for an operator.",
    ),
    warn(
        "BotsSourceSilent",
        Compare(Gauge(select("ballast_bots_source_silent")), "==", 1),
        for_s=300,
        summary="The market that the bots copy has said nothing for five minutes.",
        stake="They quote nothing meanwhile: the book is as thin as customers make it.",
    ),
    warn(
        "BotsRefused",
        Compare(
            Increase(select("ballast_bots_refusals_total"), 600, by=("code",)),
            ">",
            500,
        ),
        summary="The bots were refused more than 500 times in ten minutes: {code}.",
        stake="What refuses them may refuse everybody; and they quote little.",
    ),
)
