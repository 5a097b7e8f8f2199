"""`python -m custody.recovery`: an owner and the backup move a vault's coins without the house.

Needs the project's files and its libraries, but no server, database or settings. Private keys are read from
files and leave this process in no form.
"""

import argparse
import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from custody.bitcoin.errors import BitcoinError
from custody.bitcoin.psbts import signatures_in
from custody.bitcoin.recovery import LONGEST_EXPORT, VaultExport, read_export
from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import parse_tx, txid, vbytes
from custody.bitcoin.types import Role, SpendInput
from custody.chains.json_rpc import RpcRefused
from custody.chains.source import ChainFailure
from custody.recovery import work
from custody.recovery.coins import (
    CoinsUnknown,
    coins_from_core,
    coins_from_esplora,
    coins_in,
    places,
    raw_transactions,
)
from custody.signers.remote import RemoteSigner
from custody.signers.seeds import BadSecret, read_secret
from custody.signers.signer import SignerRefused, SignerUnavailable

_LONGEST_FILE = 50_000_000
_POSITIONS = {Role.USER: 0, Role.PROTOCOL: 1, Role.BACKUP: 2}
_TROUBLE = (
    BitcoinError,
    BadSecret,
    CoinsUnknown,
    ChainFailure,
    RpcRefused,
    SignerRefused,
    SignerUnavailable,
    OSError,
)


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
    parser = argparse.ArgumentParser(prog="python -m custody.recovery", description=__doc__)
    steps = parser.add_subparsers(required=True, metavar="STEP")
    show = _step(steps, "show", _show, "check an export and show its addresses")
    show.add_argument("--export", type=Path, required=True)
    begin = _step(steps, "begin", _begin, "plan a transaction of all coins to one address")
    begin.add_argument("--export", type=Path, required=True)
    begin.add_argument("--to", required=True, help="the address that gets everything")
    begin.add_argument("--fee-rate", type=int, required=True, help="sats per vbyte")
    begin.add_argument("--work", type=Path, required=True, help="the file to write")
    source = begin.add_mutually_exclusive_group(required=True)
    source.add_argument("--coins", type=Path, help="a file of raw transactions in hex, one a line")
    source.add_argument("--esplora", help="https://host/api")
    source.add_argument(
        "--core", help="http://host:port?cookie=/path/.cookie, or http://user:password@host:port"
    )
    sign = _step(steps, "sign", _sign, "sign with a key of yours")
    sign.add_argument("--work", type=Path, required=True)
    sign.add_argument("--role", type=Role, choices=list(_POSITIONS), required=True)
    sign.add_argument(
        "--key", type=Path, required=True, help="a file: a seed in hex or [fingerprint/path]xprv"
    )
    cosign = _step(steps, "cosign", _cosign, "have the backup's co-signer sign")
    cosign.add_argument("--work", type=Path, required=True)
    cosign.add_argument("--url", required=True)
    cosign.add_argument("--secret", type=Path, required=True, help="a file with what you share with it")
    psbt = _step(steps, "psbt", _psbt, "print what a wallet signs whose key is in no file")
    psbt.add_argument("--work", type=Path, required=True)
    take = _step(steps, "take", _take, "take the signatures that a wallet made")
    take.add_argument("--work", type=Path, required=True)
    take.add_argument("--psbt", type=Path, required=True, help="the file that the wallet wrote")
    finish = _step(steps, "finish", _finish, "print the finished transaction")
    finish.add_argument("--work", type=Path, required=True)
    return parser


def _step(
    steps: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    step: Callable[[argparse.Namespace], None],
    purpose: str,
) -> argparse.ArgumentParser:
    parser = steps.add_parser(name, help=purpose, description=purpose)
    parser.set_defaults(step=step)
    return parser


def _show(given: argparse.Namespace) -> None:
    vault = read_export(_text(given.export, LONGEST_EXPORT))
    _say(f"{vault.reference} on {vault.wallet.network}, held by {', '.join(vault.parties)}")
    for place in places(vault):
        _say(script_at(vault.wallet, place).address)


def _begin(given: argparse.Namespace) -> None:
    vault = read_export(_text(given.export, LONGEST_EXPORT))
    coins = _coins(given, vault)
    begun = work.begin(vault, coins, given.to, given.fee_rate)
    work.write(given.work, begun)
    left = len(coins) - len(begun.plan.inputs)
    if left:
        _say(f"{left} coins are left: too many for one transaction, or worth less than spending them costs")
    _tell(begun)


def _coins(given: argparse.Namespace, vault: VaultExport) -> tuple[SpendInput, ...]:
    if given.esplora:
        return coins_from_esplora(vault, given.esplora)
    if given.core:
        return coins_from_core(vault, given.core)
    return coins_in(vault, raw_transactions(_text(given.coins, _LONGEST_FILE)))


def _sign(given: argparse.Namespace) -> None:
    begun = work.read(given.work)
    secret = read_secret(_text(given.key, 1_000), given.role, begun.plan.wallet.network)
    signed = work.signed_by_secret(begun, secret)
    work.write(given.work, signed)
    _tell(signed)


def _cosign(given: argparse.Namespace) -> None:
    begun = work.read(given.work)
    backup = RemoteSigner(Role.BACKUP, given.url, _text(given.secret, 1_000).strip())
    signatures = backup.sign(begun.plan, begun.psbt)
    signed = work.signed(begun, begun.plan.wallet.keys[_POSITIONS[Role.BACKUP]], signatures)
    work.write(given.work, signed)
    _tell(signed)


def _psbt(given: argparse.Namespace) -> None:
    _say(work.read(given.work).psbt)


def _take(given: argparse.Namespace) -> None:
    begun = work.read(given.work)
    with given.psbt.open("rb") as file:
        content = file.read(_LONGEST_FILE)
    is_text = not content.startswith(b"psbt")
    text = content.decode("ascii", "replace") if is_text else base64.b64encode(content).decode()
    taken = work.signed_by_wallet(begun, text)
    work.write(given.work, taken)
    _tell(taken)


def _finish(given: argparse.Namespace) -> None:
    raw = work.finished(work.read(given.work))
    tx = parse_tx(raw)
    _say(f"{txid(tx)}, {vbytes(tx)} vbytes", sys.stderr)
    _say(raw.hex())


def _tell(now: work.Work) -> None:
    """What is signed, for whoever is about to sign it next."""
    for payment in now.plan.payments:
        _say(f"{payment.value_sats} sats to {payment.address}, fee {now.plan.fee_sats} sats")
    _say(f"{len(now.plan.inputs)} coins, signed by {len(signatures_in(now.plan, now.psbt))} of 2")


def _text(path: Path, limit: int) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(limit + 1)


def _say(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream or sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
