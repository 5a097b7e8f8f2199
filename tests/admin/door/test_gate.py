"""Where the admin is there: for no customer, under the host names and from the networks of the settings."""

import pytest
from django.contrib.auth.models import User
from django.core.checks import CheckMessage
from django.test import Client
from pytest_django import Settings

from config.operator_checks import check_admin_hosts, check_admin_ips
from tests.support.operators import operator

pytestmark = pytest.mark.django_db
PAGES = ("/admin/", "/admin/login/", "/admin/auth/user/", "/admin/no/such/page/", "/admin")


def test_for_customers_it_does_not_exist(client: Client) -> None:
    client.force_login(User.objects.create(username="alice"))
    assert [client.get(page).status_code for page in PAGES] == [404] * len(PAGES)
    assert client.post("/admin/login/", {"step": "password"}).status_code == 404


def test_nobodys_visit_leads_to_the_login(client: Client) -> None:
    answer = client.get("/admin/auth/user/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/auth/user/")


def test_on_another_host_it_does_not_exist(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["ops.example", "www.example"]
    settings.ADMIN_HOSTS = ["Ops.example"]
    operator(client)
    assert client.get("/admin/", headers={"host": "ops.example:8000"}).status_code == 200
    assert [client.get(page, headers={"host": "www.example"}).status_code for page in PAGES] == [404] * 5
    assert (
        client.get("/admin/", headers={"host": "www.example", "x-forwarded-host": "ops.example"}).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.1.2.3", 200),
        ("::ffff:10.1.2.3", 200),
        ("2001:db8::5", 200),
        ("10.2.0.1", 404),
        ("2001:db9::5", 404),
        ("", 404),
        ("nonsense", 404),
    ],
)
def test_from_elsewhere_it_does_not_exist(
    client: Client, settings: Settings, address: str, status: int
) -> None:
    settings.ADMIN_IPS = ["10.1.0.0/16", "2001:db8::/32"]
    operator(client)
    assert client.get("/admin/", REMOTE_ADDR=address).status_code == status


def test_what_operators_do_on_other_pages_is_not_there_either(client: Client, settings: Settings) -> None:
    operator(client)
    assert client.get("/status/operator").json()["is_fresh"]
    settings.ADMIN_IPS = ["10.1.0.0/16"]
    assert not client.get("/status/operator").json()["is_fresh"]


def test_networks_that_cannot_be_read_let_nobody_in(client: Client, settings: Settings) -> None:
    settings.ADMIN_IPS = ["127.0.0.1/32", "10.0.0/99"]
    operator(client)
    assert client.get("/admin/", REMOTE_ADDR="127.0.0.1").status_code == 404


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [one.id for one in found]


@pytest.mark.parametrize("host", ["*", "https://ops.example", "ops.example:443", "", ".example", "a b"])
def test_a_host_that_is_none_is_refused_at_the_start(settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.ADMIN_HOSTS = [host]
    assert ids(check_admin_hosts(None)) == ["ballast.E030"]


def test_a_host_that_is_not_served_is_refused_at_the_start(settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.ADMIN_HOSTS = ["www.example"], ["ops.example"]
    assert ids(check_admin_hosts(None)) == ["ballast.E031"]
    settings.ALLOWED_HOSTS = [".example"]
    assert check_admin_hosts(None) == []


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "everybody", "0.0.0.0/0", "::/0"])
def test_a_network_that_is_none_or_all_is_refused_at_the_start(settings: Settings, text: str) -> None:
    settings.ADMIN_IPS = [text]
    assert ids(check_admin_ips(None)) == ["ballast.E032"]


def test_networks_behind_an_untrusted_proxy_are_refused_at_the_start(settings: Settings) -> None:
    settings.ADMIN_IPS, settings.HTTPS = ["10.0.0.0/8"], True
    assert ids(check_admin_ips(None)) == ["ballast.E033"]
    settings.TRUSTED_PROXY_HOPS = 1
    assert check_admin_ips(None) == []
