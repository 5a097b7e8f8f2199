"""Listen keys: one for each account, for an hour from the last extension, as long as their API key lives."""

import re

import redis

from access.http import Scope
from access.models import ApiKey
from access.services import Origin, revoke_api_key
from tests.api.house import House
from tests.binance.api_socket import opened, refusal_of
from tests.binance.house import Trader, with_new_key
from tests.support.taken_away import redis_gone

PATH = "/api/v3/userDataStream"
GONE = (400, -1125, "This listenKey does not exist.")


def begun(who: Trader) -> str:
    answer = who.unsigned("POST", PATH)
    assert answer.status == 200, answer
    return str(answer.json["listenKey"])


def life_ms(house: House, key: str) -> int:
    with redis.Redis.from_url(house.servers.redis_url) as client:
        return int(client.pttl(f"binance:listen_key:{key}"))


def age(house: House, key: str, left_ms: int) -> None:
    with redis.Redis.from_url(house.servers.redis_url) as client:
        assert client.pexpire(f"binance:listen_key:{key}", left_ms)


def test_a_key_has_64_letters_and_an_hour(house: House, carol: Trader) -> None:
    key = begun(carol)
    assert re.fullmatch(r"[A-Za-z0-9]{64}", key)
    assert 3_590_000 < life_ms(house, key) <= 3_600_000


def test_an_account_has_one_which_lives_longer_when_asked_for_again(house: House, carol: Trader) -> None:
    key = begun(carol)
    age(house, key, 60_000)
    assert begun(carol) == key
    assert life_ms(house, key) > 3_590_000
    assert begun(with_new_key(carol.person)) == key


def test_two_accounts_have_two(alice: Trader, bob: Trader) -> None:
    assert begun(alice) != begun(bob)


def test_it_is_extended(house: House, carol: Trader) -> None:
    key = begun(carol)
    age(house, key, 60_000)
    answer = carol.unsigned("PUT", PATH, listenKey=key)
    assert (answer.status, answer.json) == (200, {})
    assert life_ms(house, key) > 3_590_000


def test_it_is_ended(carol: Trader) -> None:
    key = begun(carol)
    assert carol.unsigned("DELETE", PATH, listenKey=key).json == {}
    assert carol.unsigned("PUT", PATH, listenKey=key).refusal == GONE
    assert carol.unsigned("DELETE", PATH, listenKey=key).refusal == GONE
    assert begun(carol) != key


def test_an_expired_key_is_gone(house: House, carol: Trader) -> None:
    key = begun(carol)
    with redis.Redis.from_url(house.servers.redis_url) as client:
        client.delete(f"binance:listen_key:{key}")
    assert carol.unsigned("PUT", PATH, listenKey=key).refusal == GONE
    assert begun(carol) != key


def test_nobody_extends_or_ends_anothers(alice: Trader, bob: Trader) -> None:
    key = begun(alice)
    for method in ("PUT", "DELETE"):
        assert bob.unsigned(method, PATH, listenKey=key).refusal == GONE
    assert alice.unsigned("PUT", PATH, listenKey=key).status == 200


def test_what_is_no_key_does_not_exist(carol: Trader) -> None:
    assert carol.unsigned("PUT", PATH, listenKey="x" * 64).refusal == GONE
    assert carol.unsigned("PUT", PATH, listenKey="short").refusal == GONE
    assert carol.unsigned("PUT", PATH).refusal[:2] == (400, -1102)


def test_it_dies_with_the_api_key_that_asked_for_it(carol: Trader) -> None:
    second = with_new_key(carol.person)
    key = begun(second)
    revoked = ApiKey.objects.get(public_id=second.key)
    revoke_api_key(user_id=revoked.user_id, key_id=revoked.pk, origin=Origin())
    assert carol.unsigned("PUT", PATH, listenKey=key).refusal == GONE
    assert begun(carol) != key


def test_a_key_that_may_not_read_gets_none(carol: Trader) -> None:
    trading_only = with_new_key(carol.person, scopes=[Scope.TRADE])
    assert trading_only.unsigned("POST", PATH).refusal[:2] == (401, -2015)


def test_the_websocket_api_has_them_too(house: House, carol: Trader) -> None:
    with opened(house.url) as socket:
        key = socket.do("userDataStream.start", apiKey=carol.key)["listenKey"]
        assert begun(carol) == key
        age(house, key, 60_000)
        assert socket.do("userDataStream.ping", apiKey=carol.key, listenKey=key) == {}
        assert life_ms(house, key) > 3_590_000
        assert socket.do("userDataStream.stop", apiKey=carol.key, listenKey=key) == {}
        gone = socket.ask("userDataStream.ping", apiKey=carol.key, listenKey=key)
        assert refusal_of(gone) == GONE
        assert refusal_of(socket.ask("userDataStream.start"))[1] == -1102


def test_without_redis_there_are_none(house: House, carol: Trader) -> None:
    key = begun(carol)
    with redis_gone(house):
        assert carol.unsigned("POST", PATH).refusal[:2] == (503, -1001)
        assert carol.unsigned("PUT", PATH, listenKey=key).refusal[:2] == (503, -1001)
