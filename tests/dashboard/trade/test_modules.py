"""What a page's scripts lead to is named to the browser at once."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from dashboard.modules import modules_of


def test_imports_are_followed_to_their_end_each_once() -> None:
    found = modules_of("dashboard/js/trade/page.js")

    assert found[0] == "dashboard/js/trade/page.js"
    assert {"dashboard/js/lib/decimal.js", "dashboard/vendor/lightweight-charts.js"} <= set(found)
    assert len(found) == len(set(found))


def test_whatever_is_imported_is_there() -> None:
    """Of every module of ours: a name that is written wrong would show in a browser only."""
    folder = Path(settings.BASE_DIR) / "dashboard/static/dashboard/js"
    ours = [f"dashboard/js/{path.relative_to(folder).as_posix()}" for path in sorted(folder.rglob("*.js"))]

    assert [name for name in modules_of(*ours) if finders.find(name) is None] == []


def test_no_import_of_ours_is_overlooked() -> None:
    """Counted in another way: whatever stands after `from` at the end of a line."""
    folder = Path(settings.BASE_DIR) / "dashboard/static/dashboard/js/trade"
    for path in folder.glob("*.js"):
        named = re.findall(r'from "\./([^"/]+)";$', path.read_text(), re.MULTILINE)
        found = modules_of(f"dashboard/js/trade/{path.name}")
        assert {f"dashboard/js/trade/{name}" for name in named} <= set(found)
