"""What operators do about processes: an order with its reason, in the audit trail before anybody obeys."""

from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from access.errors import InvalidChoice, ServiceUnavailable
from access.services import Origin, record_audit
from health.store import open_redis
from health.supervised import kept_processes, order_restart


def restartable() -> list[str]:
    """Lines of the process table that are expected here, and embedded servers that a supervisor keeps."""
    lines = set(settings.EXPECTED_PROCESSES)
    try:
        with open_redis() as redis:
            lines |= {one.line for one in kept_processes(redis)}
    except (RedisError, OSError, ValueError):
        pass
    return sorted(lines)


def restart_process(*, line: str, reason: str, origin: Origin) -> None:
    """Every process of the line ends in order and starts again. Raises InvalidChoice, ServiceUnavailable."""
    if line not in restartable():
        raise InvalidChoice(field="line")
    try:
        with transaction.atomic(), open_redis() as redis:
            record_audit(
                origin=origin,
                action="process.restart_ordered",
                subject=f"process:{line}",
                after={"reason": reason},
            )
            order_restart(redis, line)  # without it the entry is taken back: nothing was ordered
    except (RedisError, OSError):
        raise ServiceUnavailable("Redis is away, so nobody would hear the order. Nothing was done.") from None
