"""What README and docs/ tell users to type, run as it is printed: only the port is another one."""

import os
import re
import subprocess
import sys
from pathlib import Path

from conformance.house import ROOT, House

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def scripts(document: str) -> list[str]:
    return _BLOCK.findall((ROOT / document).read_text())


def printed(script: str, house: House, folder: Path) -> str:
    """What it prints, from a folder in which a house has its state."""
    (folder / ".state").symlink_to(house.folder)
    done = subprocess.run(
        [sys.executable, "-c", script.replace(":8000", f":{house.port}")],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readmes_script_trades(house: House, tmp_path: Path) -> None:
    (script,) = [one for one in scripts("README.md") if "create_order" in one]
    order, balance = printed(script, house, tmp_path).splitlines()
    status, filled, average = order.split()
    assert (status, filled) == ("closed", "0.001")
    assert float(average) > 0
    assert "free" in balance


def test_the_script_that_places_and_cancels(house: House, tmp_path: Path) -> None:
    (script,) = [one for one in scripts("docs/clients/ccxt.md") if "create_order" in one]
    assert printed(script, house, tmp_path).split() == ["open", "canceled"]


def test_the_script_that_watches(house: House, tmp_path: Path) -> None:
    (script,) = [one for one in scripts("docs/clients/ccxt.md") if "watch_order_book" in one]
    assert printed(script, house, tmp_path).startswith("nonce ")


def test_the_script_of_python_binance_places_and_cancels(house: House, tmp_path: Path) -> None:
    (script,) = scripts("docs/clients/python-binance.md")
    assert printed(script, house, tmp_path).split() == ["NEW", "CANCELED"]
