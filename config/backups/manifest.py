"""What is said beside a backup, in the clear: what it is, and figures by which a restored one is known.

It names nobody and no secret. Its seal is made with the house's encryption key: whoever can write to
the store and knows the recipient could else put a database of his own there.
"""

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from config.backups.errors import BackupError

PREFIX = "ballast-"
DUMP, MANIFEST = ".dump.age", ".json"
_PURPOSE = b"ballast backup manifest v1\x00"
_NAME = re.compile(r"ballast-(\d{8}T\d{6}Z)-[A-Za-z0-9._-]{1,40}")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`facts` are as the dump's own snapshot had them; `at` is when that was taken, in UTC."""

    name: str
    at: str
    version: str
    server: int
    size: int
    sha256: str
    seconds: float
    facts: dict[str, Any]
    seal: str = ""

    @property
    def dump(self) -> str:
        return f"{self.name}{DUMP}"

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def name_of(now: datetime, version: str) -> str:
    spelled = re.sub(r"[^A-Za-z0-9._-]", "-", version)[:40] or "unknown"
    return f"{PREFIX}{now.astimezone(UTC).strftime(_TIME)}-{spelled}"


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def time_in(name: str) -> datetime | None:
    """When a backup or a file of it was begun."""
    found = re.match(r"ballast-(\d{8}T\d{6}Z)-", name)
    return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) if found else None


def sealed(manifest: Manifest, key: str) -> Manifest:
    return replace(manifest, seal=_seal(manifest, key))


def is_sealed(manifest: Manifest, key: str) -> bool:
    return hmac.compare_digest(manifest.seal, _seal(manifest, key))


def written(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), indent=1, sort_keys=True).encode() + b"\n"


def read(content: bytes, name: str) -> Manifest:
    """Raises BackupError."""
    try:
        found = Manifest(**json.loads(content))
        found.moment.astimezone(UTC)
    except (ValueError, TypeError):
        raise BackupError(f"The manifest of {name} cannot be read.") from None
    if found.name != name or not is_name(found.name):
        raise BackupError(f"The manifest of {name} is that of another backup.")
    return found


def _seal(manifest: Manifest, key: str) -> str:
    derived = hashlib.sha256(_PURPOSE + key.encode()).digest()
    return hmac.new(derived, written(replace(manifest, seal="")), hashlib.sha256).hexdigest()
