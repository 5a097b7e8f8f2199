"""Each page in both widths and themes: it says nothing to the console, fits, and everybody can use it."""

from itertools import product

import pytest

from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.long

PAGES = ["/", "/design/"]
LOOKS = list(product((DESK, PHONE), ("dark", "light")))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_use_it(open_page: OpenPage, path: str, width: int, theme: str) -> None:
    page = open_page(path, width=width, theme=theme)
    page.wait_for_load_state("networkidle")
    shot(page, f"{path.strip('/').replace('/', '-') or 'home'}-{width}-{theme}")
    assert_fits(page)
    assert_accessible(page)
