"""The type checker refuses one use's price where another's is wanted."""

import sys
from pathlib import Path

import pytest
from mypy import api

SNIPPET = """
from oracle.rules import DisplayPrice, LiquidationPrice, MintPrice

def mint(price: MintPrice) -> None: ...
def liquidate(price: LiquidationPrice) -> None: ...
def show(price: DisplayPrice) -> None: ...

def use(first: MintPrice, second: LiquidationPrice, third: DisplayPrice) -> None:
    mint(first); liquidate(second); show(third)
    mint(second)
    mint(third)
    liquidate(first)
    liquidate(third)
    show(first)
    show(second)
    mint(100)
"""
WRONG = range(10, 17)


@pytest.mark.timeout(300)
def test_no_price_of_one_use_passes_for_another(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    root = Path(__file__).parents[3]
    settings = ["[mypy]", "strict = True", "follow_imports = silent", f"mypy_path = {root}"]
    (tmp_path / "mypy.ini").write_text("\n".join(settings))
    python = f"--python-executable={sys.executable}"
    found, errors, _ = api.run(
        [f"--config-file={tmp_path}/mypy.ini", f"--cache-dir={tmp_path}/cache", python, str(snippet)]
    )
    assert not errors, errors
    lines = [int(line.split(":")[1]) for line in found.splitlines() if "[arg-type]" in line]
    assert lines == list(WRONG), found
