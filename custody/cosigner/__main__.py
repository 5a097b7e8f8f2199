"""`python -m custody.cosigner`: serve, or `init`, `keys`, `stop`, `go`, `void`. Prints public keys only."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from custody.bitcoin.keys import key_text
from custody.bitcoin.types import Network, Role
from custody.cosigner.database import DatabaseTaken, connected
from custody.cosigner.process import serve
from custody.cosigner.settings import BadSettings, private_text, read_settings
from custody.cosigner.switch import turn, void
from custody.signers.seeds import BadSecret, read_secret
from logs.alone import log_to_stdout

_SEED_BYTES = 32
_SHOWN = (Role.HOT, Role.COLD, Role.PROTOCOL)  # user and backup have the protocol's path


def main(arguments: list[str]) -> int:
    wish = _parser().parse_args(arguments)
    log_to_stdout(os.environ.get("BALLAST_PROCESS") or "cosigner", os.environ)
    try:
        match wish.deed:
            case "init":
                _make_seed(wish.seed_file)
                _show(wish.seed_file, Network(wish.network))
            case "keys":
                _show(wish.seed_file, Network(wish.network))
            case "void":
                _void(wish.spend_id)
            case "stop" | "go":
                _turn(is_stopped=wish.deed == "stop", reason=getattr(wish, "reason", ""))
            case _:
                serve(read_settings(os.environ))
    except (BadSettings, BadSecret, DatabaseTaken) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m custody.cosigner", description=__doc__)
    deeds = parser.add_subparsers(dest="deed")
    for name, about in (("init", "make a seed's file and show its keys"), ("keys", "show a seed's keys")):
        deed = deeds.add_parser(name, help=about)
        deed.add_argument("--seed-file", type=Path, required=True)
        deed.add_argument("--network", choices=[one.value for one in Network], default="regtest")
    voiding = deeds.add_parser("void", help="a spend can never confirm: let others pay what it was to pay")
    voiding.add_argument("spend_id")
    deeds.add_parser("stop", help="sign nothing from now on").add_argument("reason")
    deeds.add_parser("go", help="sign again")
    return parser


def _make_seed(path: Path) -> None:
    """32 bytes of chance as hex, in a file of its owner's alone. Never in place of another one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadSettings(f"{path} exists: a seed is never written over.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_bytes(_SEED_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def _show(path: Path, network: Network) -> None:
    text = private_text(path)
    for role in _SHOWN:
        sys.stdout.write(f"{role.value} {key_text(read_secret(text, role, network).key)}\n")


def _void(spend_id: str) -> None:
    connection = connected(read_settings(os.environ).database)
    with connection:
        known = void(connection, spend_id)
    connection.close()
    if not known:
        raise BadSettings(f"{spend_id} was never signed here.")
    sys.stdout.write("None of its versions is signed again; others may pay what it was to pay.\n")


def _turn(*, is_stopped: bool, reason: str) -> None:
    settings = read_settings(os.environ)
    connection = connected(settings.database)
    with connection:
        turn(connection, is_stopped=is_stopped, reason=reason)
    connection.close()
    sys.stdout.write("It signs nothing now.\n" if is_stopped else "It signs again.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
