"""The shared cases of bitcoin, read once."""

import csv
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "cases"


def case_file(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text())


def rows_of(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


BIP67 = case_file("bip67")
BIP174 = case_file("bip174")
BIP341 = case_file("bip341")
MULTISIG = case_file("multisig_2of3")
