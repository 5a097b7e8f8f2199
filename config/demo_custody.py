"""What a demo has of bitcoin on one machine: a development chain, signers, and keys that guard play money.

It fills in only what the operator has not named; secrets and seeds lie in the state folder, his alone.
"""

import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

from config.processes import CUSTODY, DEV_CHAIN, OWN_BACKUP, OWN_SIGNER, is_on
from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Network, Role
from custody.signers.seeds import read_secret

_SEED_BYTES = 32
_USER = "ballast"
_BLOCK_SECONDS = "15"
_HERE = "http://127.0.0.1:"
_COSIGNER = "BALLAST_COSIGNER_"
# What any program is told; nothing of the house's servers, secrets or other signers is among it.
_EVERYBODYS = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "BALLAST_FAULT"),
    *("LOG_LEVEL", "BALLAST_LOG_FORMAT"),
)
PARTY = "the house itself, in a demo"


def wanted(environment: Mapping[str, str], *, demo: bool, own_servers: bool) -> bool:
    """On in a demo on servers of its own; beside servers that somebody named only where he says so."""
    said = environment.get(CUSTODY, "")
    return demo and (is_on(said) if said else own_servers)


def demo_custody(state_dir: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What all processes are told. `given` wins; on another network than regtest nothing of ours fits."""
    told = {CUSTODY: "1"}
    if given.get("BALLAST_BITCOIN_NETWORK", Network.REGTEST.value) != Network.REGTEST.value:
        return told
    told["BALLAST_BITCOIN_NETWORK"] = Network.REGTEST.value
    if not given.get("BALLAST_CHAIN"):
        told |= _chain(state_dir, given)
    if not (given.get("BALLAST_SIGNER_HOT") or given.get("BALLAST_SIGNER_PROTOCOL")):
        told |= {OWN_SIGNER: "1", **_signer(state_dir, "hot", "protocol")}
    if not given.get("BALLAST_SIGNER_BACKUP"):
        told |= {OWN_BACKUP: "1", **_signer(state_dir, "backup")}
    if not given.get("BALLAST_COLD_KEY"):
        told["BALLAST_COLD_KEY"] = _cold_key(state_dir)
    return told


def _rhythm(given: Mapping[str, str]) -> dict[str, str]:
    """Who pays a vault from a browser sees it confirmed without a second terminal."""
    name = "BALLAST_DEV_CHAIN_BLOCK_SECONDS"
    return {} if given.get(name) else {name: _BLOCK_SECONDS}


def _chain(state_dir: Path, given: Mapping[str, str]) -> dict[str, str]:
    bind = f"127.0.0.1:{_free_port()}"
    password = kept_secret(state_dir / "chain_password")
    return {
        DEV_CHAIN: "1",
        "BALLAST_DEV_CHAIN_BIND": bind,
        "BALLAST_DEV_CHAIN_USER": _USER,
        "BALLAST_DEV_CHAIN_PASSWORD": password,
        **_rhythm(given),
        "BALLAST_CHAIN": f"core+http://{_USER}:{password}@{bind}",
    }


def _signer(state_dir: Path, *roles: str) -> dict[str, str]:
    url, secret = f"{_HERE}{_free_port()}", kept_secret(state_dir / f"{roles[-1]}_signer_secret")
    return {
        name: value
        for role in roles
        for name, value in {
            f"BALLAST_SIGNER_{role.upper()}": url,
            f"BALLAST_SIGNER_{role.upper()}_SECRET": secret,
        }.items()
    }


def signer_environments(state_dir: Path, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """All that the processes `signer` and `backup` are told: neither knows the other's seed or secret, nor
    where the house's money is written."""
    found = {}
    for process, switch, roles in (
        ("signer", OWN_SIGNER, ("hot", "protocol")),
        ("backup", OWN_BACKUP, ("backup",)),
    ):
        url = environment.get(f"BALLAST_SIGNER_{roles[0].upper()}", "")
        if is_on(environment.get(switch, "")) and url.startswith(_HERE):
            found[process] = _cosigner(state_dir, environment, process, roles)
    return found


def _cosigner(
    state_dir: Path, environment: Mapping[str, str], process: str, roles: tuple[str, ...]
) -> dict[str, str]:
    seed = state_dir / f"{process}.seed"
    _kept_seed(seed)
    signer = f"BALLAST_SIGNER_{roles[0].upper()}"
    told = {
        "ROLES": ",".join(roles),
        "BIND": environment[signer].removeprefix("http://"),
        "NETWORK": environment["BALLAST_BITCOIN_NETWORK"],
        "SECRET": environment[f"{signer}_SECRET"],
        "SEED_FILE": str(seed),
        "DATABASE": str(state_dir / f"{process}.sqlite"),
        "PARTY": PARTY,
        "COLD_KEY": environment.get("BALLAST_COLD_KEY", ""),
    }
    common = {
        name: value
        for name, value in environment.items()
        if name in _EVERYBODYS or name.startswith(("PYTHON", _COSIGNER))
    }
    return common | {f"{_COSIGNER}{name}": value for name, value in told.items()}


def _cold_key(state_dir: Path) -> str:
    """Cold storage of play money: its seed lies beside the others, which nobody should imitate."""
    seed = _kept_seed(state_dir / "cold.seed")
    return key_text(read_secret(seed, Role.COLD, Network.REGTEST).key)


def _kept_seed(path: Path) -> str:
    return kept_secret(path, secrets.token_bytes(_SEED_BYTES).hex())


def kept_secret(path: Path, new: str = "") -> str:
    """The secret in the file, made at first use and readable by its owner only."""
    if not path.exists():
        partial = path.with_suffix(".tmp")
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(new or secrets.token_urlsafe(48))
        partial.rename(path)
    return path.read_text()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
