"""Who may speak for whom: by a signature or a one-time ticket, never a cookie, and while it holds."""

import secrets
import time
from contextlib import ExitStack

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from redis import Redis

from access.models import ApiKey
from access.services import Origin, revoke_api_key
from tests.api.house import House
from tests.api.people import Trader
from tests.websocket.client import Socket, opened, signature, speaking_for

CLOSED = 4001


def ticket_of(trader: Trader) -> str:
    answer = trader.send("POST", "/api/v1/ws-ticket")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ticket"])


def log_in(house: House, name: str) -> tuple[User, Client, dict[str, str]]:
    """A user with a session, and the headers that a page of ours sends."""
    user = User.objects.create_user(f"{name}-{secrets.token_hex(4)}")
    browser = Client()
    browser.force_login(user)
    session = browser.cookies["sessionid"].value
    token = "t" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    return user, browser, headers


def ticket_by_session(house: House, headers: dict[str, str]) -> str:
    answer = httpx.post(f"{house.url}/api/v1/ws-ticket", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ticket"])


def test_a_signature_speaks_for_the_owner_of_the_key(socket: Socket, alice: Trader) -> None:
    result = socket.do("auth", **signature(alice))
    assert result == {"user_id": str(alice.user_id), "scopes": ["read", "trade"]}
    assert socket.refusal("auth", **signature(alice)) == "ALREADY_AUTHENTICATED"
    socket.do("subscribe", channel="account")


def test_a_ticket_speaks_for_who_asked_for_it(socket: Socket, alice: Trader) -> None:
    result = socket.do("auth", ticket=ticket_of(alice))
    assert result["user_id"] == str(alice.user_id)


def test_a_ticket_is_good_once(house: House, alice: Trader) -> None:
    ticket = ticket_of(alice)
    with opened(house.url) as first, opened(house.url) as second:
        first.do("auth", ticket=ticket)
        assert second.refusal("auth", ticket=ticket) == "INVALID_TICKET"
        assert second.closed_with() == CLOSED


def test_a_ticket_is_good_for_half_a_minute_and_kept_as_a_hash(house: House, alice: Trader) -> None:
    ticket = ticket_of(alice)
    with Redis.from_url(house.servers.redis_url) as redis:
        (key,) = redis.keys("access:ws_ticket:*")
        assert ticket.encode() not in key
        assert 0 < redis.ttl(key) <= 30
        redis.delete(key)  # as if it had expired
    with opened(house.url) as socket:
        assert socket.refusal("auth", ticket=ticket) == "INVALID_TICKET"
        assert socket.closed_with() == CLOSED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": "0" * 64}, "INVALID_SIGNATURE"),
        ({"signature": "x"}, "INVALID_SIGNATURE"),
        ({"key": "bk_" + "0" * 32}, "INVALID_KEY"),
        ({"key": "nobody"}, "INVALID_KEY"),
        ({"nonce": "another"}, "INVALID_SIGNATURE"),
        ({"nonce": "no nonce!"}, "INVALID_TEXT"),
        ({"timestamp": 1}, "TIMESTAMP"),
        ({"timestamp": 9_999_999_999_999}, "TIMESTAMP"),
        ({"recv_window": 0}, "RECV_WINDOW"),
        ({"recv_window": 60_001}, "RECV_WINDOW"),
    ],
)
def test_a_wrong_signature_is_refused_and_closes(
    socket: Socket, alice: Trader, changes: dict[str, object], code: str
) -> None:
    assert socket.refusal("auth", **{**signature(alice), **changes}) == code
    if code not in ("RECV_WINDOW", "INVALID_TEXT"):
        assert socket.closed_with() == CLOSED
    else:
        assert socket.do("ping")


def test_a_nonce_is_good_once(house: House, alice: Trader) -> None:
    signed = signature(alice)
    with opened(house.url) as first, opened(house.url) as second:
        first.do("auth", **signed)
        assert second.refusal("auth", **signed) == "NONCE_REUSED"
        assert second.closed_with() == CLOSED


def test_a_signature_of_another_path_is_worth_nothing(socket: Socket, alice: Trader) -> None:
    assert socket.refusal("auth", **signature(alice, target="/api/v1/balances")) == "INVALID_SIGNATURE"


def test_a_cookie_is_worth_nothing(house: House) -> None:
    _, _, headers = log_in(house, "dora")
    with opened(house.url, additional_headers={"Cookie": headers["Cookie"]}) as socket:
        assert socket.refusal("subscribe", channel="account") == "AUTH_REQUIRED"


def test_a_key_in_the_url_is_refused(house: House, alice: Trader) -> None:
    with pytest.raises(Exception, match="400"), opened(house.url, path=f"/ws/v1/?key={alice.key}"):
        pass
    assert ApiKey.objects.get(public_id=alice.key).exposed_at is not None


def test_a_revoked_key_closes_within_two_seconds(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="account")
        revoke_api_key(user_id=alice.user_id, key_id=alice.key_id, origin=Origin())
        began = time.monotonic()
        assert socket.closed_with() == CLOSED
        assert time.monotonic() - began < 2


def test_a_disabled_user_is_closed_within_two_seconds(house: House, bob: Trader) -> None:
    with speaking_for(house.url, bob) as socket:
        User.objects.filter(pk=bob.user_id).update(is_active=False)
        began = time.monotonic()
        assert socket.closed_with() == CLOSED
        assert time.monotonic() - began < 2
    User.objects.filter(pk=bob.user_id).update(is_active=True)


@pytest.mark.parametrize("ending", ["logout", "password"])
def test_the_end_of_a_login_closes_within_two_seconds(house: House, ending: str) -> None:
    user, browser, headers = log_in(house, "erin")
    with opened(house.url) as socket:
        assert socket.do("auth", ticket=ticket_by_session(house, headers))["user_id"] == str(user.pk)
        if ending == "logout":
            browser.logout()
        else:
            user.set_unusable_password()  # as any change of it does, and sooner
            user.save()
        began = time.monotonic()
        assert socket.closed_with() == CLOSED
        assert time.monotonic() - began < 2


def test_a_ticket_of_a_login_that_ended_is_worth_nothing(house: House) -> None:
    _, browser, headers = log_in(house, "frank")
    ticket = ticket_by_session(house, headers)
    browser.logout()
    with opened(house.url) as socket:
        assert socket.refusal("auth", ticket=ticket) == "INVALID_TICKET"


def test_nobody_gets_a_ticket_for_nobody(house: House) -> None:
    answer = httpx.post(f"{house.url}/api/v1/ws-ticket", timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_KEY")


def test_a_key_may_hold_ten_connections(house: House, alice: Trader) -> None:
    with ExitStack() as stack:
        first, *others = [stack.enter_context(opened(house.url)) for _ in range(11)]
        for one in others:
            one.do("auth", **signature(alice))
        assert first.refusal("auth", **signature(alice)) == "TOO_MANY_CONNECTIONS"
        assert first.closed_with() == 1008
