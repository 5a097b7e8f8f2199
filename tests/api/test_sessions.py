"""Somebody who is logged in trades like a key does, and nobody else's page can make him."""

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from tests.api.people import Trader, order, refusal, succeeded

TOKEN = "a" * 32


@pytest.fixture
def cookie(alice: Trader) -> str:
    """Of Alice's login."""
    browser = Client()
    browser.force_login(User.objects.get(pk=alice.user_id))
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def test_a_login_places_sees_and_cancels_orders(client: httpx.Client, alice: Trader, cookie: str) -> None:
    headers = {"Cookie": cookie, "X-CSRFToken": TOKEN}
    placed = succeeded(client.post("/api/v1/orders", json=order(client_order_id="web"), headers=headers))
    assert alice.get("/api/v1/orders/by-client-id/web") == placed
    assert succeeded(client.get("/api/v1/orders", headers=headers))["orders"] == [placed["order"]]
    path = f"/api/v1/orders/{placed['order']['order_id']}"
    assert succeeded(client.delete(path, headers=headers))["order"]["status"] == "CANCELED"


def test_a_foreign_page_cannot_place_an_order_for_who_is_logged_in(
    client: httpx.Client, alice: Trader, cookie: str
) -> None:
    for headers in (
        {"Cookie": cookie},
        {"Cookie": cookie, "X-CSRFToken": "b" * 32},
        {"Cookie": cookie, "X-CSRFToken": TOKEN, "Origin": "https://evil.example"},
    ):
        answer = client.post("/api/v1/orders", json=order(), headers=headers)
        assert refusal(answer) == (403, "CSRF")
    assert alice.get("/api/v1/orders")["orders"] == []


def test_a_signed_request_does_not_look_at_cookies(bob: Trader, cookie: str) -> None:
    assert refusal(bob.send("POST", "/api/v1/orders", order(), headers={"Cookie": cookie})) == (
        422,
        "INSUFFICIENT_FUNDS",
    )  # his own funds, not hers
