"""`python -m custody.owner_wallet`: the key of a vault's owner in a file, for whoever has no wallet for it.

Needs the project's files and its libraries, but no server, database or settings. The key leaves this process
in no form; a hardware wallet keeps it better.
"""

import argparse
import base64
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.keys import key_text
from custody.bitcoin.proofs import PROOF_PLACE, prove
from custody.bitcoin.recovery import LONGEST_EXPORT, VaultExport, read_export
from custody.bitcoin.types import Network, Role
from custody.owner_wallet.spends import MOST_BYTES, Spend, read_spend, signed
from custody.signers.seeds import AccountSecret, BadSecret, read_secret

_SEED_BYTES = 32
_LONGEST_KEY = 1_000
_SATS = 100_000_000
_TROUBLE = (BitcoinError, BadSecret, OSError)


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    step: Callable[[argparse.Namespace], None] = given.step
    try:
        step(given)
    except _TROUBLE as error:
        _say(f"{type(error).__name__}: {error}", sys.stderr)
        return 1
    except ValueError as error:
        # Of a library, perhaps about a key: what it says is not shown.
        _say(f"That cannot be read ({type(error).__name__}).", sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m custody.owner_wallet", description=__doc__)
    steps = parser.add_subparsers(required=True, metavar="STEP")
    _step(steps, "new", _new, "write a new key into a file that nobody else may read")
    _step(steps, "key", _key, "print the account key, which the house may know")
    proof = _step(steps, "prove", _prove, "print the account key and a proof that its private key is yours")
    proof.add_argument("--account", type=int, required=True, help="the number of your account in the house")
    proof.add_argument("--time", type=int, help="seconds since 1970; now where it is left out")
    for name, step, purpose in (
        ("show", _show, "say in words what a PSBT does"),
        ("sign", _sign, "say it, and print the PSBT with your signature"),
    ):
        shown = _step(steps, name, step, purpose)
        shown.add_argument("psbt", help="the PSBT, the file that it is in, or - to read it")
        shown.add_argument("--vault", type=Path, help="your vault's export: what comes back is checked by it")
    return parser


def _step(
    steps: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    step: Callable[[argparse.Namespace], None],
    purpose: str,
) -> argparse.ArgumentParser:
    parser = steps.add_parser(name, help=purpose, description=purpose)
    parser.add_argument("file", type=Path, help="where the key is: a seed in hex or [fingerprint/path]xprv")
    parser.add_argument("--network", type=Network, choices=list(Network), default=Network.REGTEST)
    parser.set_defaults(step=step)
    return parser


def _new(given: argparse.Namespace) -> None:
    handle = os.open(given.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(_SEED_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    _say(f"{given.file} has your key. Keep a copy elsewhere: nobody can make it again.", sys.stderr)


def _key(given: argparse.Namespace) -> None:
    _say(key_text(_secret(given).key))


def _prove(given: argparse.Namespace) -> None:
    secret, time_s = _secret(given), int(time.time()) if given.time is None else given.time
    proof = prove(secret.secret_at(PROOF_PLACE), given.network, given.account, secret.key, time_s)
    _say(json.dumps({"key": key_text(secret.key), "time": time_s, "proof": proof}))


def _show(given: argparse.Namespace) -> None:
    _tell(_spend(given, _secret(given)), given, sys.stdout)


def _sign(given: argparse.Namespace) -> None:
    secret = _secret(given)
    spend = _spend(given, secret)
    _tell(spend, given, sys.stderr)
    _say(signed(spend, secret))


def _spend(given: argparse.Namespace, secret: AccountSecret) -> Spend:
    vault: VaultExport | None = None
    if given.vault is not None:
        vault = read_export(_text(given.vault, LONGEST_EXPORT))
    return read_spend(_psbt(given.psbt), secret.key, given.network, vault)


def _secret(given: argparse.Namespace) -> AccountSecret:
    if given.file.stat().st_mode & 0o077:
        _say(f"Others may read {given.file}: chmod 600 it.", sys.stderr)
    return read_secret(_text(given.file, _LONGEST_KEY), Role.USER, given.network)


def _psbt(word: str) -> str:
    if word == "-":
        return sys.stdin.read(2 * MOST_BYTES)
    if word.startswith("cHNidP"):  # "psbt" in base64
        return word
    with Path(word).open("rb") as file:
        content = file.read(2 * MOST_BYTES)
    return base64.b64encode(content).decode() if content.startswith(b"psbt") else content.decode("ascii")


def _tell(spend: Spend, given: argparse.Namespace, stream: TextIO) -> None:
    spent = sum(one.value_sats for one in spend.coins)
    coins = "one coin" if len(spend.coins) == 1 else f"{len(spend.coins)} coins"
    _say(f"It spends {_btc(spent)} in {coins} of your key and two others:", stream)
    for output in spend.outputs:
        remark = _remark(output.is_vaults, output.may_be_vaults)
        _say(f"  {_btc(output.value_sats)} to {output.address}{remark}", stream)
    _say(f"  {_btc(spend.fee_sats)} to the miners", stream)
    if given.vault is None:
        _say("Give --vault with your vault's export to have checked what comes back.", stream)


def _remark(is_vaults: bool, may_be_vaults: bool) -> str:
    if is_vaults:
        return " (back into your vault)"
    return " (back into your vault, if both others are whom you know: unchecked)" if may_be_vaults else ""


def _btc(sats: int) -> str:
    return f"{sats // _SATS}.{sats % _SATS:08} BTC"


def _text(path: Path, limit: int) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(limit + 1)


def _say(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream or sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
