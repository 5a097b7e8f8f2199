"""An owner's desk: a folder with the export of his vault and files of his keys, and the programme he runs."""

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from custody.bitcoin.recovery import VaultExport, export
from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import parse_tx, serialize
from custody.bitcoin.types import CHANGE, RECEIVE, OutPoint, Place, Tx, TxIn, TxOut, WalletSpec
from custody.recovery.__main__ import main
from tests.custody.support.referee import is_valid_spend
from tests.custody.support.wallets import BTC, address, seed_of, vault_wallet

ROOT = Path(__file__).parents[3]
INDEX = 5
TO = address("carol")


def vault(wallet: WalletSpec | None = None) -> VaultExport:
    return VaultExport("vault:7", wallet or vault_wallet(), INDEX, ("Alice", "the house", "Bob's Backups"))


def made(wallet: WalletSpec, *sats: int, branch: int = RECEIVE, number: int = 0) -> Tx:
    """A transaction that pays the vault, and somebody else."""
    script = script_at(wallet, Place(branch, INDEX)).script
    spent = TxIn(OutPoint(hashlib.sha256(f"before {number}".encode()).hexdigest(), 0), witness=(b"\1" * 71,))
    others = TxOut(7_000, b"\0\x14" + bytes(20))
    return Tx(2, (spent,), (others, *(TxOut(one, script) for one in sats)))


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def _words(step: str, options: dict[str, object]) -> list[str]:
    words = [step]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


@dataclass(frozen=True, slots=True)
class Desk:
    folder: Path
    wallet: WalletSpec

    @property
    def work(self) -> Path:
        return self.folder / "work.json"

    def put(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def key(self, name: str) -> Path:
        return self.put(f"{name}.key", seed_of(name).hex() + "\n")

    def coins(self, *transactions: Tx) -> Path:
        return self.put("coins", "\n".join(serialize(one).hex() for one in transactions))

    def run(self, step: str, **options: object) -> Ended:
        """In this process, which saves a second each time."""
        told, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(complained):
            code = main(_words(step, options))
        return Ended(code, told.getvalue(), complained.getvalue())

    def run_alone(self, step: str, **options: object) -> Ended:
        """As the owner does: nothing of the house is in its environment, no settings and no servers."""
        ended = subprocess.run(
            [sys.executable, "-m", "custody.recovery", *_words(step, options)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def done(self, step: str, **options: object) -> str:
        ended = self.run(step, **options)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def begin(self, **options: object) -> str:
        given: dict[str, object] = {"export": self.folder / "export.json", "to": TO, "fee_rate": 12}
        return self.done("begin", **given, work=self.work, **options)

    def sign(self, role: str, name: str = "") -> str:
        return self.done("sign", work=self.work, role=role, key=self.key(name or role))

    def finish(self) -> Tx:
        return parse_tx(bytes.fromhex(self.done("finish", work=self.work).strip()))


def desk_in(folder: Path, wallet: WalletSpec | None = None) -> Desk:
    desk = Desk(folder, wallet or vault_wallet())
    desk.put("export.json", export(vault(desk.wallet)))
    return desk


def is_recovered(tx: Tx, *coins: Tx) -> bool:
    """Whether Bitcoin Core's engine lets it spend them, all but its fee to the owner's address."""
    outputs = {}
    for one in coins:
        for vout, output in enumerate(one.outputs):
            outputs[OutPoint(_txid(one), vout)] = output
    valid = [is_valid_spend(tx, at, outputs[one.outpoint]) for at, one in enumerate(tx.inputs)]
    return all(valid) and len(tx.outputs) == 1


def _txid(tx: Tx) -> str:
    return hashlib.sha256(hashlib.sha256(serialize(tx, witness=False)).digest()).digest()[::-1].hex()


COINS = (made(vault_wallet(), BTC, 2 * BTC, number=1), made(vault_wallet(), BTC, branch=CHANGE, number=2))
