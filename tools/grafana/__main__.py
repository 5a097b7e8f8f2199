"""`python -m tools.grafana`: writes deploy/grafana/ballast.json."""

import json
from pathlib import Path

from tools.grafana.house import ROWS
from tools.grafana.rendering import dashboard

TARGET = Path(__file__).parents[2] / "deploy" / "grafana" / "ballast.json"


def text() -> str:
    return json.dumps(dashboard("Ballast", "ballast", ROWS), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
