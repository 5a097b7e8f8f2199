"""docs/binance.md names everything that is served and every number that occurs."""

import re
from pathlib import Path

from django.conf import settings

from exchange.compat.binance.spot.table import SPOT

DOCUMENT = (settings.BASE_DIR / "docs" / "binance.md").read_text()
ROW = re.compile(r"^\| (?:`([A-Z]+ /\S+)`)? \| (?:`([\w.0-9]+)`)? \| (\w+) \| ", re.MULTILINE)
NUMBER = re.compile(r"Refusal\(\s*(-\d{4})")


def test_every_operation_has_its_row() -> None:
    rows = set(ROW.findall(DOCUMENT))
    operations = {*SPOT.by_line.values(), *SPOT.by_method.values()}
    assert rows == {(" ".join(one.http or ()), one.socket or "", one.security.value) for one in operations}


def test_every_number_is_told() -> None:
    folder = Path(settings.BASE_DIR) / "exchange" / "compat" / "binance"
    used = {number for path in folder.rglob("*.py") for number in NUMBER.findall(path.read_text())}
    assert len(used) > 20
    assert sorted(number for number in used if number not in DOCUMENT) == []
