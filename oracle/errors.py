"""Refusals of the oracle. A price that cannot be had is a 503: asking again later may help."""

from access.errors import DomainError


class NoPrice(DomainError):
    """The price cannot be used for what it was wanted for; the code says why."""

    code = "ORACLE_UNAVAILABLE"
    status = 503
    default_message = "There has been no price yet."


class OracleStale(NoPrice):
    """Details `age_ms`, `reason`: the refusal of the latest round, NO_ROUNDS, CLOCKS_DIFFER, or ""."""

    code = "ORACLE_STALE"
    default_message = "The last price is too old."


class OracleHalted(NoPrice):
    """Details `reason`, `since_ms`."""

    code = "ORACLE_HALTED"
    default_message = "The oracle is halted until an operator has looked at it."


class OracleDegraded(NoPrice):
    """Detail `reason`: the refusal of the latest round."""

    code = "ORACLE_DEGRADED"
    default_message = "The latest round of quotes gave no price."


class OraclePaused(NoPrice):
    """Details `reason`, `until_ms`."""

    code = "ORACLE_PAUSED"
    default_message = "The price has moved so far that this waits for a while."


class OracleUnconfirmed(NoPrice):
    code = "ORACLE_UNCONFIRMED"
    default_message = "No second round has confirmed the price yet."
