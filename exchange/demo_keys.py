"""The demo users' API keys and second factors in the state folder, readable by their owner only."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoKey:
    """`withdraw_key` may withdraw and works from this machine alone; `totp_secret` makes the codes for it.
    Both are "" where no bitcoin comes or goes."""

    key: str
    secret: str
    withdraw_key: str = ""
    withdraw_secret: str = ""
    totp_secret: str = ""


def keys_file(state_dir: Path) -> Path:
    return state_dir / "demo_keys.json"


def read_demo_keys(path: Path) -> dict[str, DemoKey]:
    """Empty where there are none yet."""
    if not path.exists():
        return {}
    return {name: DemoKey(**key) for name, key in json.loads(path.read_text()).items()}


def write_demo_keys(path: Path, keys: dict[str, DemoKey]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)  # where nothing is kept, nothing was there before
    partial = path.with_suffix(".tmp")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump({name: asdict(key) for name, key in keys.items()}, file, indent=1)
    partial.rename(path)
