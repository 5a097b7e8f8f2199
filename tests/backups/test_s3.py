"""Backups in a store that speaks S3: signed, in parts, and given up whole."""

from dataclasses import replace

import pytest

from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.making import Making, make_backup
from config.backups.restoring import Restoring, check_readable, restore_backup
from config.backups.shelf import forget_old, good_backups
from config.backups.store import Store, store_of
from tests.backups.conftest import KEY
from tests.backups.fake_s3 import BUCKET, KEY_ID, SECRET, FakeS3

PART = 8 * 1024 * 1024
pytestmark = pytest.mark.long


def store_in(s3: FakeS3, key_id: str = KEY_ID) -> Store:
    named = {"endpoint": s3.url, "region": "auto", "key_id": key_id, "secret": SECRET}
    return store_of(f"s3://{BUCKET}/house/backups", named)


def test_one_is_written_in_parts_that_are_signed_and_restored_from_there(
    making: Making, empty: Database, identity: object, s3: FakeS3
) -> None:
    manifest = make_backup(replace(making, store=store_in(s3)))
    assert sorted(s3.objects) == [f"house/backups/{manifest.name}{end}" for end in (".dump.age", ".json")]
    assert (s3.unsigned, s3.uploads) == (0, {})
    assert s3.largest_part <= PART
    restore_backup(Restoring(store_in(s3), manifest, empty, [identity], KEY))
    with empty.connect() as there:
        assert there.execute("SELECT count(*) FROM custody_restoration").fetchone() == (1,)


def test_a_long_one_is_never_whole_in_memory(s3: FakeS3) -> None:
    pieces = (bytes(65_536) for _ in range(1_000))
    store_in(s3).write("ballast-long", pieces)
    assert (len(s3.objects["house/backups/ballast-long"]), s3.largest_part) == (65_536_000, PART)


def test_what_fails_on_its_way_is_given_up_with_its_parts(s3: FakeS3) -> None:
    s3.fails_after = 1
    with pytest.raises(BackupError, match="could not be written"):
        store_in(s3).write("ballast-cut", (bytes(65_536) for _ in range(1_000)))
    assert (s3.objects, s3.uploads, s3.aborted) == ({}, {}, 1)


def test_what_cannot_be_dumped_to_its_end_is_given_up_with_its_parts(making: Making, s3: FakeS3) -> None:
    with making.database.connect() as blocker:
        blocker.execute("LOCK TABLE access_apikey IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(BackupError, match="longer"):
            make_backup(replace(making, store=store_in(s3), longest_seconds=1))
    assert (s3.objects, s3.uploads) == ({}, {})


def test_a_store_that_keeps_something_else_is_found_out(making: Making, s3: FakeS3) -> None:
    s3.lies = True
    with pytest.raises(BackupError, match="not what was written"):
        make_backup(replace(making, store=store_in(s3)))
    assert s3.objects == {}


def test_what_rots_there_later_is_not_restored(
    making: Making, empty: Database, identity: object, s3: FakeS3
) -> None:
    manifest = make_backup(replace(making, store=store_in(s3)))
    key = f"house/backups/{manifest.dump}"
    s3.objects[key] = s3.objects[key][:-1] + b"\x00"
    with pytest.raises(BackupError):
        check_readable(Restoring(store_in(s3), manifest, empty, [identity], KEY))


def test_a_store_that_is_away_or_does_not_know_us_is_told_without_secrets(s3: FakeS3) -> None:
    s3.is_away = True
    with pytest.raises(BackupError, match="PermissionDenied") as told:
        store_in(s3).write("ballast-x", [b"x"])
    assert SECRET not in str(told.value)
    s3.is_away = False
    with pytest.raises(BackupError, match="403"):
        store_in(s3, key_id="somebody").all()


def test_old_ones_are_deleted_there(making: Making, s3: FakeS3) -> None:
    store = store_in(s3)
    first = make_backup(replace(making, store=store, version="first"))
    for end in (".dump.age", ".json"):  # as if it were of another year
        data = s3.objects.pop(f"house/backups/{first.name}{end}")
        old = data.replace(first.name.encode(), b"ballast-20200101T000000Z-first").replace(
            first.at[:10].encode(), b"2020-01-01"
        )
        s3.objects[f"house/backups/ballast-20200101T000000Z-first{end}"] = old
    newest = make_backup(replace(making, store=store, version="second"))
    assert len(good_backups(store)) == 2
    assert len(forget_old(store, {"hourly": 1}, newest.moment)) == 1
    assert [one.name for one in good_backups(store)] == [newest.name]
    assert len(s3.objects) == 2


@pytest.mark.parametrize(
    ("url", "changes"),
    [
        ("s3://", {}),
        ("s3://bucket", {"key_id": ""}),
        ("s3://bucket", {"secret": ""}),
        ("s3://bucket", {"endpoint": "http://store.example.com"}),
        ("file://host/folder", {}),
        ("file:folder", {}),
        ("ftp://host/folder", {}),
        ("/folder", {}),
        ("", {}),
    ],
)
def test_a_place_that_is_none_is_refused(url: str, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="BALLAST_BACKUP"):
        store_of(url, {"key_id": "a", "secret": "b", "endpoint": ""} | changes)
