"""An operator's browser: somebody of the staff who has come in by the door."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page

from access.operator_session import SEEN, SINCE
from access.sessions import SessionStore
from tests.api.house import House
from tests.browser.chromium import DESK
from tests.browser.conftest import OpenPage
from tests.browser.people import Person, new_person
from tests.support.operators import mark

_LATER = 4_000_000_000  # of a clock that no test waits for
OpenAdmin = Callable[..., Page]


class _In:
    def __init__(self, person: Person) -> None:
        self._person = person

    def cookies(self, url: str) -> list[dict[str, object]]:
        found = self._person.cookies(url)
        session = SessionStore(found[0]["value"])
        mark(session, self._person.user.pk)
        session[SINCE] = session[SEEN] = _LATER
        session.save()
        return found


@pytest.fixture(scope="package")
def olivia(client: httpx.Client) -> Person:
    return new_person(client, "olivia", is_staff=True)


@pytest.fixture
def open_admin(site: House, open_page: OpenPage, olivia: Person) -> OpenAdmin:
    """open_admin("/admin/", width=390, theme="light")"""

    def open_one(path: str, *, width: int = DESK, theme: str = "dark") -> Page:
        page = open_page("/admin/login/", width=width)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of two words
        page.context.add_cookies(_In(olivia).cookies(site.url))  # type: ignore[arg-type]  # as a cookie is
        page.goto(path)
        return page

    return open_one
