"""What platforms say in URLs and variables of their own is understood by every library that connects."""

import ssl

import pytest
from kombu import Connection
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from config.celery import broker_url
from config.deploy_settings import allowed_hosts, database_tls, redis_url, site_url

SIGNED_BY_ITSELF = redis_url("rediss://:secret@host:6380", is_verified=False)


def test_a_redis_without_tls_stays_as_it_is() -> None:
    assert redis_url("redis://:secret@host:6379/1", is_verified=False) == "redis://:secret@host:6379/1"
    assert redis_url("unix:///run/redis.sock?db=1", is_verified=True) == "unix:///run/redis.sock?db=1"


@pytest.mark.parametrize(
    ("url", "is_verified", "expected"),
    [
        ("rediss://host", True, "rediss://host?ssl_cert_reqs=required"),
        ("rediss://host", False, "rediss://host?ssl_cert_reqs=none"),
        ("rediss://host/2?db=2", False, "rediss://host/2?db=2&ssl_cert_reqs=none"),
        ("rediss://host?ssl_cert_reqs=required", False, "rediss://host?ssl_cert_reqs=required"),
    ],
)
def test_a_redis_with_tls_says_whether_it_is_verified(url: str, is_verified: bool, expected: str) -> None:
    assert redis_url(url, is_verified=is_verified) == expected


@pytest.mark.parametrize(("is_verified", "expected"), [(False, ssl.CERT_NONE), (True, ssl.CERT_REQUIRED)])
def test_every_client_of_redis_does_as_the_url_says(is_verified: bool, expected: ssl.VerifyMode) -> None:
    url = redis_url("rediss://:secret@host:6380", is_verified=is_verified)
    words = {ssl.CERT_NONE: "none", ssl.CERT_REQUIRED: "required"}
    assert Redis.from_url(url).connection_pool.connection_kwargs["ssl_cert_reqs"] == words[expected]
    assert AsyncRedis.from_url(url).connection_pool.connection_kwargs["ssl_cert_reqs"] == words[expected]
    assert Connection(broker_url(url)).ssl == {"ssl_cert_reqs": expected}


def test_the_url_of_the_database_has_the_last_word_on_tls() -> None:
    wanted = {"BALLAST_DATABASE_SSLMODE": "require"}
    assert database_tls(wanted, {}) == {"sslmode": "require"}
    assert database_tls(wanted, {"sslmode": "verify-full"}) == {}
    assert database_tls({}, {}) == {}


def test_a_platforms_name_of_the_house_stands_in_until_an_operator_says_another() -> None:
    railway = {"RAILWAY_PUBLIC_DOMAIN": "house.up.railway.app"}
    assert site_url({}) == ""
    assert site_url(railway) == "https://house.up.railway.app"
    assert site_url({"HEROKU_APP_DEFAULT_DOMAIN_NAME": "a.herokuapp.com"}) == "https://a.herokuapp.com"
    assert site_url({**railway, "BALLAST_SITE_URL": "https://a.example.com/"}) == "https://a.example.com"


def test_the_host_that_links_lead_to_is_always_served() -> None:
    assert allowed_hosts({}, "") == ["localhost", "127.0.0.1", "[::1]"]
    assert allowed_hosts({"ALLOWED_HOSTS": ""}, "")[0] == "localhost"
    said = {"ALLOWED_HOSTS": "a.example.com, b.example.com"}
    assert allowed_hosts(said, "https://a.example.com") == ["a.example.com", "b.example.com"]
    assert allowed_hosts(said, "https://c.example.com:8443")[-1] == "c.example.com"
