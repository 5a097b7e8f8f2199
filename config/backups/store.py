"""Where backups lie: a folder, or any store that speaks S3. What is written is whole or not there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from config.backups.errors import BackupError

_PART = 8 * 1024 * 1024  # of at most 10,000: up to 80 GB in one backup
_AT_ONCE = 2
_PIECE = 1024 * 1024
_MOST_READ = 1024 * 1024  # of what is read as one
_LEFT_OVER = timedelta(days=1)
_PATIENCE = {"timeout": "120s", "connect_timeout": "10s"}
_RETRIES = {"max_retries": 4, "retry_timeout": timedelta(minutes=3)}


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    size: int
    at: datetime


class Store:
    """Names have no folders. Every call raises BackupError where the store is away, full or refuses."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Whatever `pieces` raises is raised, and nothing is there."""
        try:
            obstore.put(
                self._store, name, pieces, use_multipart=True, chunk_size=_PART, max_concurrency=_AT_ONCE
            )
        except (BaseError, OSError) as error:
            raise _failure("written", error) from None

    def read(self, name: str) -> Iterator[bytes]:
        try:
            for piece in obstore.get(self._store, name).stream(min_chunk_size=_PIECE):
                yield bytes(piece)
        except (BaseError, OSError) as error:
            raise _failure("read", error) from None

    def read_small(self, name: str) -> bytes:
        content = b""
        for piece in self.read(name):
            content += piece
            if len(content) > _MOST_READ:
                raise BackupError(f"{name} is too long.")
        return content

    def all(self) -> list[Kept]:
        try:
            found = [one for page in obstore.list(self._store) for one in page]
        except (BaseError, OSError) as error:
            raise _failure("listed", error) from None
        return [
            Kept(one["path"], one["size"], one["last_modified"]) for one in found if "/" not in one["path"]
        ]

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _failure("deleted", error) from None

    def forget_leftovers(self, now: datetime) -> None:
        """Of a folder: what a kill left of a file that was being written. A store in S3's words has rules
        of its own for parts of uploads."""
        if self._folder is None:
            return
        for path in self._folder.glob("ballast-*#*"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - _LEFT_OVER:
                path.unlink(missing_ok=True)


def store_of(url: str, s3: Mapping[str, str]) -> Store:
    """`file:///folder` or `s3://bucket/prefix`. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return _folder(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        return Store(_bucket(parts.netloc, parts.path.strip("/"), s3))
    raise ValueError("BALLAST_BACKUP_TO is file:///folder or s3://bucket/prefix.")


def _folder(path: Path) -> Store:
    """Made when something is to be kept in it, for its owner alone."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store(cast(ObjectStore, LocalStore(path)), path)
    except (OSError, BaseError) as error:
        raise BackupError(f"The folder of backups cannot be used: {type(error).__name__}") from None


def _bucket(bucket: str, prefix: str, s3: Mapping[str, str]) -> ObjectStore:
    endpoint = s3.get("endpoint", "")
    if not (s3.get("key_id") and s3.get("secret")):
        raise ValueError("Backups to S3 need BALLAST_BACKUP_S3_KEY_ID and BALLAST_BACKUP_S3_SECRET.")
    is_plain = endpoint.startswith("http://")
    if is_plain and urlsplit(endpoint).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("BALLAST_BACKUP_S3_ENDPOINT beyond this machine is https.")
    named: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
    named |= {"client_options": {**_PATIENCE, "allow_http": is_plain}, "retry_config": _RETRIES}
    try:
        found = S3Store(
            bucket,
            prefix=prefix or None,
            access_key_id=s3["key_id"],
            secret_access_key=s3["secret"],
            region=s3.get("region") or ("auto" if endpoint else "us-east-1"),
            virtual_hosted_style_request=False,
            **named,
        )
    except BaseError as error:
        raise ValueError(f"The store of backups cannot be named so: {type(error).__name__}") from None
    return cast(ObjectStore, found)


def _failure(deed: str, error: Exception) -> BackupError:
    """The first line alone: what follows it are the library's own words about itself."""
    said = str(error).splitlines()[0] if str(error) else ""
    return BackupError(f"It could not be {deed}: {type(error).__name__} {said[:200]}")
