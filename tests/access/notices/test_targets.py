"""What a webhook's URL may be: a public name or address by HTTPS at port 443, which all read alike."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.notices.addresses import is_public
from access.notices.errors import WebhookUrlForbidden
from access.notices.targets import MAX_URL, Policy, read_target

PUBLIC, LOCAL = Policy(), Policy(is_local=True)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", "/"),
        ("https://hooks.example.com/", "hooks.example.com", "/"),
        ("https://hooks.example.com:443/a/b?c=d&e", "hooks.example.com", "/a/b?c=d&e"),
        ("https://hooks.example.com?x=1", "hooks.example.com", "/?x=1"),
        ("HTTPS://Hooks.Example.COM/Path", "hooks.example.com", "/Path"),
        ("https://xn--bcher-kva.example.com/", "xn--bcher-kva.example.com", "/"),
        ("https://93.184.215.14/x", "93.184.215.14", "/x"),
        ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "/"),
    ],
)
def test_public_urls_are_taken(url: str, host: str, path: str) -> None:
    target = read_target(url, PUBLIC)
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, 443, path)


FORBIDDEN = [
    "",
    "hooks.example.com",
    "//hooks.example.com/",
    "http://hooks.example.com/",
    "http://169.254.169.254/latest/meta-data",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "javascript:alert(1)",
    "https://hooks.example.com:5432/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:/",
    "https://hooks.example.com:00443/",
    "https://hooks.example.com:99999/",
    "https://user@hooks.example.com/",
    "https://user:password@hooks.example.com/",
    "https://a@127.0.0.1/",
    "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com#@127.0.0.1/",
    "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com/a b",
    "https://hooks.example.com/\r\nX: y",
    "https://hooks.example.com/\t",
    " https://hooks.example.com/",
    "https://hooks.example.com/\n",
    "https://hooks.example.com/\x00",
    "https://hooks.example.com./",
    "https://hooks..example.com/",
    "https://.example.com/",
    "https://-hooks.example.com/",
    "https://hooks_.example.com/",
    "https://hooks%2eexample.com/",
    "https://bücher.example.com/",
    "https://hooks.example。com/",
    "https://ⓔxample.com/",
    "https://localhost/",
    "https://localhost.localdomain/",
    "https://db.railway.internal/",
    "https://printer.local/",
    "https://metadata/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.0.0.1.1/",
    "https://1.2.3/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/",
    "https://168.63.129.16/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::808:808]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[::1/",
    "https://::1/",
    "https://[12345::1]/",
    "https://[127.0.0.1]/",
    "https://hooks.example.com/" + "x" * MAX_URL,
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_what_leads_inside_or_could_be_read_two_ways_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlForbidden):
        read_target(url, PUBLIC)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/", "http://localhost:8000/hook", "https://[::1]:8443/", "https://receiver/"],
)
def test_receivers_on_this_machine_are_taken_where_the_house_says_so(url: str) -> None:
    read_target(url, LOCAL)
    with pytest.raises(WebhookUrlForbidden):
        read_target(url, PUBLIC)


@pytest.mark.parametrize("url", ["https://user@localhost/", "ftp://localhost/", "http://localhost:99999/"])
def test_local_receivers_are_read_as_strictly(url: str) -> None:
    with pytest.raises(WebhookUrlForbidden):
        read_target(url, LOCAL)


def test_the_host_header_names_a_port_that_is_not_the_schemes_own() -> None:
    assert read_target("https://hooks.example.com:443/", LOCAL).authority == "hooks.example.com"
    assert read_target("https://hooks.example.com:8443/", LOCAL).authority == "hooks.example.com:8443"
    assert read_target("http://[::1]:80/", LOCAL).authority == "[::1]"


@settings(max_examples=60)
@given(st.ip_addresses(v=4))
def test_no_address_is_let_through_that_the_library_knows_as_special(address: ipaddress.IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(address)


@settings(max_examples=60)
@given(st.ip_addresses(v=6))
def test_no_address_of_six_is_let_through_that_wraps_one_of_four(address: ipaddress.IPv6Address) -> None:
    if address.ipv4_mapped or address.sixtofour or address.teredo or not address.is_global:
        assert not is_public(address)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "223.255.255.254", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_let_through(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
