"""Databases of tests beside the one that pytest-django makes: copies of one that has been migrated."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections

from tests.servers import OWN_POSTGRES
from tests.support.clusters import TEMPLATE


@contextmanager
def own_database() -> Iterator[str]:
    """Django's connection leads to a migrated database of ours meanwhile. Gives its name."""
    ours = f"ballast_api_{os.getpid()}"
    if OWN_POSTGRES in os.environ:
        with _database(ours, template=TEMPLATE):
            yield ours
    else:
        with _database(ours):
            call_command("migrate", verbosity=0)
            yield ours


@contextmanager
def _database(name: str, *, template: str = "template1") -> Iterator[None]:
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
        with _maintenance() as execute:
            execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _maintenance() -> Iterator[Callable[[str], object]]:
    with connection._nodb_cursor() as cursor:
        yield cursor.execute
