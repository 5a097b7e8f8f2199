"""The way in: what is answered to whom before an operation runs."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from access.http import Scope
from access.models import ApiKey
from access.services import Origin, revoke_api_key
from tests.api.house import House
from tests.binance.house import SYMBOL, Trader, public, with_new_key

NOT_PERMITTED = (401, -2015, "Invalid API-key, IP, or permissions for action.")
BAD_FORMAT = (401, -2014, "API-key format invalid.")
NOT_SERVED = (404, -1020, "This operation is not supported.")


def test_what_is_not_there_is_said_in_json(client: httpx.Client) -> None:
    for path in ("/api/v3/nothing", "/sapi/v1/nothing/at/all", "/api/v3/", "/api/v3/ping/", "/api/v3//ping"):
        assert public(client, path).refusal == NOT_SERVED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_a_method_that_is_not_served_is_not_there(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/api/v3/time")
    assert (response.status_code, response.json()["code"]) == (404, -1020)


def test_head_is_not_served_and_has_no_body(client: httpx.Client) -> None:
    response = client.head("/api/v3/ping")
    assert (response.status_code, response.content) == (404, b"")


def test_whatever_comes_with_a_ping_is_ignored(client: httpx.Client) -> None:
    for target in ("/api/v3/ping", "/api/v3/ping?x=1&y=%E4%BD%A0", "/api/v3/ping?&&&", "/api/v3/ping?="):
        assert (client.get(target).status_code, client.get(target).json()) == (200, {})
    assert client.request("GET", "/api/v3/ping", content=b"\x00\xff{").json() == {}


@pytest.mark.parametrize(
    ("target", "status", "number"),
    [
        ("/api/v3/ping?a=1&a=2", 400, -1101),
        ("/api/v3/ping?" + "&".join(f"n{number}=1" for number in range(100)), 400, -1101),
        ("/api/v3/ping?a=%00", 400, -1100),
        ("/api/v3/ping?a=%FF", 400, -1100),
        ("/api/v3/ping?" + "a" * 9000, 414, -1101),
    ],
)
def test_it_rejects_a_query_that_nobody_can_read(
    client: httpx.Client, target: str, status: int, number: int
) -> None:
    answer = public(client, target)
    assert answer.refusal[:2] == (status, number)


@pytest.mark.parametrize("body", [b"a" * 17_000, b"quantity=\xff\xfe", b"a=1&a=2", b"a=%C3%28"])
def test_it_rejects_a_body_that_nobody_can_read(alice: Trader, body: bytes) -> None:
    answer = alice.raw("POST", "/api/v3/order", body)
    assert answer.refusal[:2] in ((413, -1101), (400, -1100), (400, -1101))


def test_a_body_in_json_lacks_every_parameter(alice: Trader) -> None:
    answer = alice.raw("POST", "/api/v3/order", b'{"symbol": "BTCUSDB"}')
    assert answer.refusal[:2] == (400, -1102)


def test_it_rejects_a_name_that_no_key_has(reader: Trader) -> None:
    for name in ("", "nonsense", "bk_" + "0" * 31, "BK_" + "0" * 32, "bk_" + "0" * 33, reader.key + "x"):
        stranger = Trader(reader.client, reader.person, name, reader.secret)
        assert stranger.get("/api/v3/account").refusal == BAD_FORMAT


def test_no_key_at_all_is_one_of_a_bad_format(client: httpx.Client) -> None:
    assert public(client, "/api/v3/account").refusal == BAD_FORMAT


def test_a_key_given_twice_is_rejected(reader: Trader) -> None:
    response = reader.client.get("/api/v3/account", headers=[("X-MBX-APIKEY", reader.key)] * 2)
    assert (response.status_code, response.json()["code"]) == (400, -1101)


def test_unknown_revoked_expired_and_foreign_keys_are_not_told_apart(reader: Trader) -> None:
    unknown = Trader(reader.client, reader.person, "bk_" + "0" * 32, reader.secret)
    assert unknown.get("/api/v3/account").refusal == NOT_PERMITTED

    expired = with_new_key(reader.person)
    ApiKey.objects.filter(public_id=expired.key).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expired.get("/api/v3/account").refusal == NOT_PERMITTED

    elsewhere = with_new_key(reader.person, allowed_networks=["10.0.0.0/8"])
    assert elsewhere.get("/api/v3/account").refusal == NOT_PERMITTED
    here = with_new_key(reader.person, allowed_networks=["127.0.0.0/8"])
    assert here.get("/api/v3/account").status == 200


def test_a_revoked_key_is_over_at_once(reader: Trader) -> None:
    revoked = with_new_key(reader.person)
    assert revoked.get("/api/v3/account").status == 200
    key = ApiKey.objects.get(public_id=revoked.key)
    revoke_api_key(user_id=key.user_id, key_id=key.pk, origin=Origin())
    assert revoked.get("/api/v3/account").refusal == NOT_PERMITTED


def test_a_key_needs_the_permission_for_what_it_asks(alice: Trader) -> None:
    reads = with_new_key(alice.person, scopes=[Scope.READ])
    assert reads.get("/api/v3/openOrders").status == 200
    assert reads.try_order().refusal == NOT_PERMITTED
    trades = with_new_key(alice.person, scopes=[Scope.TRADE])
    assert trades.get("/api/v3/account").refusal == NOT_PERMITTED
    assert trades.order()["status"] == "NEW"


def test_who_does_not_hold_the_secret_learns_nothing_of_the_key(alice: Trader) -> None:
    reads = with_new_key(alice.person, scopes=[Scope.READ], allowed_networks=["10.0.0.0/8"])
    thief = Trader(alice.client, alice.person, reads.key, "guessed")
    assert thief.try_order().refusal[:2] == (400, -1022)


def test_parameters_are_looked_at_before_the_secret_is(reader: Trader) -> None:
    guessed = Trader(reader.client, reader.person, reader.key, "guessed")
    assert guessed.get("/api/v3/allOrders").refusal[:2] == (400, -1102)


def test_a_host_that_is_not_ours_is_not_served(house: House) -> None:
    response = httpx.get(f"{house.url}/api/v3/ping", headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (404, -1020)


def test_both_surfaces_stand_beside_each_other(client: httpx.Client, reader: Trader) -> None:
    assert client.get("/api/v1/time").status_code == 200
    assert client.get("/sapi/v1/system/status").json()["status"] in (0, 1)
    assert reader.get("/api/v3/account").json["uid"] == reader.person.user_id
    assert client.get(f"/api/v3/ticker/price?symbol={SYMBOL}").headers["cache-control"] == "no-store"
