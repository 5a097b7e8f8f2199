"""Databases of tests beside the one that pytest-django makes. Migrations run once for all workers of a run.

They take longer than all else that a house needs: what they leave is a template that others are copied from.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from django.core.management import call_command
from django.db import connection, connections

from tests.servers import OWN_POSTGRES

_TEMPLATE = "ballast_migrated"
_LOCK = 7_012_026


@contextmanager
def own_database() -> Iterator[str]:
    """Django's connection leads to a migrated database of ours meanwhile. Gives its name."""
    ours = f"ballast_api_{os.getpid()}"
    if OWN_POSTGRES in os.environ:
        template = migrated()
        with _database(ours, template=template):
            yield ours
    else:
        with _database(ours):
            call_command("migrate", verbosity=0)
            yield ours


@cache
def migrated() -> str:
    """The template's name. Whoever is first makes it, under another name until it is whole; it ends with its
    server."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # until this connection ends
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_TEMPLATE])
        if cursor.fetchone() is None:
            unfinished = f"{_TEMPLATE}_{os.getpid()}"
            with _database(unfinished, is_kept=True):
                call_command("migrate", verbosity=0)
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{_TEMPLATE}"')
    return _TEMPLATE


@contextmanager
def _database(name: str, *, template: str = "template1", is_kept: bool = False) -> Iterator[None]:
    """A new one, to which Django's connection leads meanwhile."""
    original = connection.settings_dict["NAME"]
    connections.close_all()
    with _maintenance() as execute:
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = original
        if not is_kept:
            with _maintenance() as execute:
                execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _maintenance() -> Iterator[Callable[[str], object]]:
    with connection._nodb_cursor() as cursor:
        yield cursor.execute
