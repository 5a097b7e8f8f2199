"""An operator's browser: somebody of the staff who has come in by the door."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page

from access.operator_session import SEEN, SINCE
from access.sessions import SessionStore
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
def open_admin(open_page: OpenPage, olivia: Person) -> OpenAdmin:
    """open_admin("/admin/", width=390, theme="light")"""
    return lambda path, **looks: open_page(path, _In(olivia), **looks)
