"""Whoever guesses at the doors of accounts is slowed by his address; who speaks by a session is noted."""

import httpx
import pytest
from django.contrib.auth.models import User

from access.models import Login
from access.pages import GUARDED
from tests.access.people import new_user
from tests.access.test_sessions import ORDERS, cookies, logged_in


@pytest.mark.parametrize("path", [*GUARDED, "/password/reset/MQ/abc-def"])
def test_what_guesses_is_limited_by_address(client: httpx.Client, path: str) -> None:
    answers = [client.post(path, data={"username": "x"}) for _ in range(14)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 3
    assert int(refused[0].headers["retry-after"]) >= 1
    assert "Try again in" in refused[0].text


def test_a_person_in_front_of_a_form_is_told_so_on_a_page(client: httpx.Client) -> None:
    wanted = {"Accept": "text/html,application/xhtml+xml"}
    path = "/password/reset/<b>/x"
    answers = [client.post(path, data={}, headers=wanted) for _ in range(14)]
    [slowed, *_] = [answer for answer in answers if answer.status_code == 429]
    assert "Too many tries from your network" in slowed.text
    assert "<b>" not in slowed.text


def test_looking_at_a_form_costs_nothing(client: httpx.Client) -> None:
    assert all(client.get("/login").status_code != 429 for _ in range(14))


def test_who_guesses_at_one_door_does_not_shut_another_for_his_neighbours(client: httpx.Client) -> None:
    for _ in range(12):
        client.post("/signup", data={})
    assert client.post("/login", data={}).status_code != 429


def test_a_session_that_speaks_is_noted_once_and_stays_listed(client: httpx.Client, db: None) -> None:
    carol: User = new_user("carol")
    session = logged_in(carol)
    for _ in range(3):
        client.get(ORDERS, headers={**cookies(session), "User-Agent": "Firefox on Linux"})
    noted = Login.objects.get(session_key=session.session_key)
    assert (noted.user_id, noted.ip, noted.ended_at) == (carol.pk, "127.0.0.1", None)
    assert noted.user_agent == "Firefox on Linux"
