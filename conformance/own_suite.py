"""Runs the test-suite that ccxt's wheel brings, against our URLs in place of Binance's test network.

The suite refuses to run from site-packages and reads its settings from three folders above itself, so the
installed package is laid out a second time (hard links) below a folder with our settings.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import ccxt

from conformance.clients import urls
from conformance.people import Person

SYMBOL = "BTC/USDB"
LONGEST_SECONDS = 200
Skips = dict[str, str | dict[str, str]]  # a method's reason, or reasons of properties
# What Binance has and this house has not: the suite asks for none of it then.
NOT_HERE = ("swap", "future", "option", "margin")


@dataclass(frozen=True, slots=True)
class Run:
    output: str
    exit_code: int
    seconds: float


def lay_out(folder: Path, url: str, person: Person, skips: Skips) -> None:
    package = Path(ccxt.__file__).parent
    copied = folder / "python" / "ccxt"
    if not copied.exists():
        shutil.copytree(package, copied, copy_function=_link)
    ours = {
        "apiKey": person.key,
        "secret": person.secret,
        "urls": {"test": urls(url)},
        "has": dict.fromkeys(NOT_HERE, False),
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchMargins": False},
    }
    (folder / "keys.local.json").write_text(json.dumps({"binance": ours}))
    (folder / "skip-tests.json").write_text(json.dumps({"binance": {"skipMethods": skips}}))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def run(folder: Path, *options: str) -> Run:
    """One run of the suite; `options` are its own (`--sync`, `--ws`, `--private`)."""
    script = folder / "python" / "ccxt" / "test" / "tests_init.py"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(script), "binance", SYMBOL, "--sandbox", "--info", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "python"), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    return Run(f"{done.stdout}\n[STDERR]\n{done.stderr}", done.returncode, time.monotonic() - began)
