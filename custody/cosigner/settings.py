"""The co-signer's settings, from its environment alone. What is unsafe is refused at the start."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.keys import Standard, read_account_key
from custody.bitcoin.types import Network, Role, WalletKind, WalletSpec
from custody.signers.pkcs11 import TokenPlace
from custody.signers.policy import Limits, Rules
from custody.signers.registry import OWN_PARTY, token_place
from custody.signers.remote import is_this_machine
from custody.signers.seal import MIN_SECRET

PREFIX = "BALLAST_COSIGNER_"
_ROLES = (Role.HOT, Role.PROTOCOL, Role.BACKUP)


class BadSettings(Exception):
    """Says which setting, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    rules: tuple[Rules, ...]
    host: str
    port: int
    secret: str = field(repr=False)
    database: Path
    party: str
    seed_file: Path | None
    tokens: Mapping[Role, TokenPlace]
    certificate: tuple[str, str] | None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises BadSettings."""
    given = {
        name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)
    }
    roles = _roles(_needed(given, "ROLES"))
    host, port = _bind(given.get("BIND", "127.0.0.1:8045"))
    certificate = _certificate(given)
    if certificate is None and not is_this_machine(host) and given.get("BEHIND_TLS") != "1":
        raise _bad("BIND", "beyond this machine it needs TLS_CERTIFICATE and TLS_KEY, or BEHIND_TLS=1")
    network = _network(given)
    cold, joins = _cold(given, network), given.get("JOINS_PROTOCOL") == "1"
    tokens = {role: _token(given, role) for role in roles if f"TOKEN_{role.name}" in given}
    seed_file = Path(given["SEED_FILE"]) if "SEED_FILE" in given else None
    if Role.HOT in tokens:
        raise _bad("TOKEN_HOT", "each deposit address needs a key of its own, which no token derives")
    if seed_file is None and set(roles) - set(tokens):
        raise _bad("SEED_FILE", "is needed for each role without a token")
    return Settings(
        rules=tuple(Rules(role, network, _limits(given, role), cold, joins) for role in roles),
        host=host,
        port=port,
        secret=_secret(given),
        database=Path(_needed(given, "DATABASE")),
        party=given.get("PARTY", OWN_PARTY)[:200],
        seed_file=seed_file,
        tokens=tokens,
        certificate=certificate,
    )


def private_text(path: Path) -> str:
    """A secret's file, which only its owner may read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadSettings(f"{path} may be read by others: chmod 600 it.")
        return path.read_text()[:4096].strip()
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}.") from None


def _roles(text: str) -> tuple[Role, ...]:
    names = [name.strip() for name in text.split(",")]
    if not set(names) <= {role.value for role in _ROLES} or len(set(names)) != len(names):
        raise _bad("ROLES", "some of hot, protocol and backup, with commas between")
    roles = tuple(Role(name) for name in names)
    if {Role.PROTOCOL, Role.BACKUP} <= set(roles):
        raise _bad("ROLES", "protocol and backup in one process would be two keys of a vault in one hand")
    return roles


def _bind(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise _bad("BIND", "is written as 127.0.0.1:8045")
    return host.strip("[]"), int(port)


def _network(given: Mapping[str, str]) -> Network:
    try:
        return Network(_needed(given, "NETWORK"))
    except ValueError:
        raise _bad("NETWORK", "main, testnet, signet or regtest") from None


def _cold(given: Mapping[str, str], network: Network) -> WalletSpec | None:
    if not given.get("COLD_KEY"):
        return None
    try:
        key = read_account_key(given["COLD_KEY"], network, Standard.SINGLE)
    except BitcoinError as error:
        raise _bad("COLD_KEY", str(error)) from None
    return WalletSpec(network, WalletKind.SINGLE, (key,))


def _limits(given: Mapping[str, str], role: Role) -> Limits:
    """PROTOCOL_MAX_PAYMENT_SATS is that of one role, MAX_PAYMENT_SATS of all that have none."""
    told = {}
    for name in (one.name for one in fields(Limits)):
        for setting in (name.upper(), f"{role.name}_{name.upper()}"):
            if setting in given:
                told[name] = _whole(setting, given[setting])
    return replace(Limits(), **told)


def _whole(setting: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 16):
        raise _bad(setting, "is a whole number")
    return int(value)


def _token(given: Mapping[str, str], role: Role) -> TokenPlace:
    pin = private_text(Path(_needed(given, f"PIN_FILE_{role.name}")))
    try:
        return token_place(given[f"TOKEN_{role.name}"], pin)
    except ValueError as error:
        raise _bad(f"TOKEN_{role.name}", str(error)) from None


def _certificate(given: Mapping[str, str]) -> tuple[str, str] | None:
    if "TLS_CERTIFICATE" not in given:
        return None
    return given["TLS_CERTIFICATE"], _needed(given, "TLS_KEY")


def _secret(given: Mapping[str, str]) -> str:
    secret = private_text(Path(given["SECRET_FILE"])) if "SECRET_FILE" in given else _needed(given, "SECRET")
    if len(secret) < MIN_SECRET:
        raise _bad("SECRET", f"has at least {MIN_SECRET} characters")
    return secret


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise _bad(name, "is needed")
    return given[name]


def _bad(name: str, why: str) -> BadSettings:
    return BadSettings(f"{PREFIX}{name}: {why}.")
