"""A database to back up, a folder and a key for it, and an empty database to restore into."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pyrage  # type: ignore[import-untyped]
import pytest
from django.db import connection

from config.backups.database import Database, of_settings
from config.backups.making import Making
from config.backups.store import Store, store_of
from tests.backups.fake_s3 import FakeS3, serving_s3

KEY = "the encryption key of a house of tests"


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(f"file://{tmp_path}/backups", {})


@pytest.fixture
def source(transactional_db: None) -> Database:
    return of_settings(connection.settings_dict)


@pytest.fixture
def making(source: Database, store: Store, identity: pyrage.x25519.Identity) -> Making:
    return Making(source, store, [identity.to_public()], "test", KEY, 120)


@pytest.fixture
def empty(source: Database) -> Iterator[Database]:
    """Another database of the same server, with nothing in it."""
    name = f"scratch_{os.getpid()}"
    with replace(source, name="postgres").connect(autocommit=True) as maintenance:
        _drop(maintenance, name)
        maintenance.execute(f'CREATE DATABASE "{name}"'.encode())
        yield replace(source, name=name)
        _drop(maintenance, name)


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with serving_s3() as served:
        yield served


def _drop(maintenance: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    maintenance.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
