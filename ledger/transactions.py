"""Runs a service as one transaction, again if it met another that was in its way."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg import errors

ATTEMPTS = 5

P = ParamSpec("P")
T = TypeVar("T")


def one_transaction(service: Callable[P, T]) -> Callable[P, T]:
    """`service` in one transaction, repeated at most ATTEMPTS times; it must do nothing but database work."""

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                if not _may_pass(error):
                    raise
        with transaction.atomic():
            return service(*args, **kwargs)

    return run


def _may_pass(error: Exception) -> bool:
    """Whether the same call may succeed now.

    A unique violation means that somebody committed the same key in between: the repeat finds it and answers
    with the first result. A deadlock is over only when every lock of the transaction is gone, so it is not
    repeated inside a caller's transaction.
    """
    if isinstance(error.__cause__, errors.UniqueViolation):
        return True
    conflict = isinstance(error.__cause__, errors.DeadlockDetected | errors.SerializationFailure)
    return conflict and not connection.in_atomic_block
