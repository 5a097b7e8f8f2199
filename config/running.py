"""What a running `manage.py up` tells other commands of this machine: where its servers are.

A file in the state folder, readable by its owner only. Variables that are set win over it.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

_NAME = "environment.json"
_TOLD = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "BALLAST_DEMO",
    "PORT",
    "BALLAST_CUSTODY",
    "BALLAST_BITCOIN_NETWORK",
    "BALLAST_CHAIN",
    "BALLAST_CHAIN_SECOND",
    *(f"BALLAST_SIGNER_{role}{part}" for role in ("HOT", "PROTOCOL", "BACKUP") for part in ("", "_SECRET")),
    "BALLAST_COLD_KEY",
    "BALLAST_OWN_BACKUP",
    *(f"BALLAST_DEV_CHAIN{part}" for part in ("", "_BIND", "_USER", "_PASSWORD")),
)


def tell_others(state_dir: Path, environment: Mapping[str, str]) -> None:
    """Write the file anew."""
    partial = state_dir / f"{_NAME}.tmp"
    partial.unlink(missing_ok=True)
    told = {name: environment[name] for name in _TOLD if name in environment}
    with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(told, file)
    partial.rename(state_dir / _NAME)


def tell_nothing(state_dir: Path) -> None:
    (state_dir / _NAME).unlink(missing_ok=True)


def running_environment(state_dir: Path) -> dict[str, str]:
    """What was told, or nothing. After a kill it may name servers that are gone: they do not answer then."""
    try:
        told = json.loads((state_dir / _NAME).read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(told[name]) for name in _TOLD if name in told}
