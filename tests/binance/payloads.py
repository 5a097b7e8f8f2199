"""The JSON fields that released clients need and know, by payload."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FIELDS: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "binance_payload_fields.json").read_text()
)


def missing(payload: str, content: Mapping[str, Any]) -> list[str]:
    """What a client would not find. A field that is there may be null."""
    return [name for name in _FIELDS[payload]["required"] if name not in content]
