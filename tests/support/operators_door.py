"""An operator who goes through the door of the admin as a browser does: password, second factor, code."""

import re
from datetime import UTC, datetime

import httpx

from access.second_factor import code_at, step_at

LOGIN = "/admin/login/"
_SECRET = re.compile(r"data-secret>([A-Z2-7 ]+)<")


def first_login(client: httpx.Client, name: str, password: str) -> str:
    """Sets the second factor up, and gives its secret. The client is in."""
    page = send(client, step="password", username=name, password=password)
    assert page.status_code == 302, page.text[:2_000]
    found = _SECRET.search(client.get(LOGIN).text)
    assert found is not None
    secret = found[1].replace(" ", "")
    page = send(client, step="factor", code=code_now(secret))
    assert page.status_code == 200, page.text[:2_000]
    assert "data-recovery" in page.text
    return secret


def code_now(secret: str) -> str:
    return code_at(secret, step_at(datetime.now(UTC)))


def send(client: httpx.Client, **fields: str) -> httpx.Response:
    client.get(LOGIN)
    token = client.cookies["csrftoken"]
    address = {"Referer": str(client.base_url).rstrip("/") + LOGIN}
    return client.post(
        LOGIN, data={"csrfmiddlewaretoken": token, **fields}, headers=address, follow_redirects=False
    )
