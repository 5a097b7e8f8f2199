"""What docs/sdk.md shows works as it stands there."""

import re
from typing import Any

import pytest

from ballast_sdk import Client
from tests.api.house import House
from tests.api.people import Trader
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "sdk.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(
    number: int, house: House, alice: Trader, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {"URL": house.url, "KEY": alice.key, "SECRET": alice.secret, "__name__": "shown"}
    exec(compile(EXAMPLES[number], "docs/sdk.md", "exec"), names)
    assert alice.get("/api/v1/orders?status=open")["orders"] == []
    if "tick_size" in EXAMPLES[number]:
        assert "TICK_SIZE price 0.01" in capsys.readouterr().out


def test_subjects_that_are_named_are_there(client: Client) -> None:
    named = PAGE.partition("subjects of the document: ")[2].partition(". An answer")[0]
    assert set(re.findall(r"`(\w+)`", named)) == {name for name in vars(client) if not name.startswith("_")}
