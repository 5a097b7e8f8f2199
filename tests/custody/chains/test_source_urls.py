"""Which URLs name a chain source, and that none of them is told in an error."""

from pathlib import Path

import pytest
from django.test import override_settings

from custody.bitcoin.types import Network
from custody.chains.compared import Compared
from custody.chains.core_rpc import CoreRpc
from custody.chains.esplora import Esplora
from custody.chains.registry import NoSource, configured_source, source_of
from custody.chains.source import ChainUnavailable
from tests.custody.support.fake_bitcoind import PASSWORD, USER, serving_bitcoind


@pytest.mark.parametrize(
    ("url", "shape", "name"),
    [
        ("core+http://a:b@node:8332", CoreRpc, "core at http://node:8332"),
        ("core+https://a:b@node.example/wallet", CoreRpc, "core at https://node.example"),
        ("core+http://[::1]:8332?cookie=/x/.cookie", CoreRpc, "core at http://[::1]:8332"),
        ("esplora+https://e.example/api/", Esplora, "esplora at https://e.example/api"),
        ("esplora+http://127.0.0.1:3000", Esplora, "esplora at http://127.0.0.1:3000"),
        ("esplora+http://localhost/api", Esplora, "esplora at http://localhost/api"),
    ],
)
def test_a_url_names_a_source(url: str, shape: type, name: str) -> None:
    source = source_of(url, Network.MAIN)
    assert isinstance(source, shape)
    assert source.name == name
    assert "b@" not in source.name


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://node:8332",
        "core://user:sesame@node",
        "core+ftp://user:sesame@node",
        "core+http://",
        "core+http://user:sesame@node:99999999",
        "core+http://user:sesame@node:port",
        "core+http://user:sesame@nöde",
        "core+http://user:sesame@node?wallet=sesame",
        "core+http://user:sesame@node#sesame",
        "esplora+http://node.example/api?sesame",
        "esplora+http://10.0.0.1/api",
        "esplora+https://user:sesame@node.example",
        "esplora+https://node.example/api?key=sesame",
        "electrum+https://node",
        "core+http://[::1",
    ],
)
def test_another_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(NoSource) as refused:
        source_of(url, Network.MAIN)
    assert "sesame" not in str(refused.value)


def test_a_password_may_hold_any_letter() -> None:
    with serving_bitcoind() as node:
        assert source_of(node.url, Network.REGTEST).check().height == node.chain.height


def test_a_wrong_password_is_no_answer() -> None:
    with serving_bitcoind() as node:
        wrong = node.url.replace(USER, "mallory")
        with pytest.raises(ChainUnavailable) as refused:
            source_of(wrong, Network.REGTEST).check()
    assert "mallory" not in str(refused.value)


def test_a_cookie_is_read_anew_with_each_call(tmp_path: Path) -> None:
    cookie = tmp_path / ".cookie"
    with serving_bitcoind() as node:
        host = node.url.rpartition("@")[2]
        source = source_of(f"core+http://{host}?cookie={cookie}", Network.REGTEST)
        with pytest.raises(ChainUnavailable):
            source.check()
        cookie.write_text("__cookie__:old")
        with pytest.raises(ChainUnavailable):
            source.check()
        cookie.write_text(f"{USER}:{PASSWORD}\n")
        assert source.check().height == node.chain.height
        cookie.write_bytes(b"\xff\xfe")
        with pytest.raises(ChainUnavailable):
            source.check()


def test_the_settings_name_the_source() -> None:
    with override_settings(CHAIN_URL="core+http://a:b@one", CHAIN_SECOND="", BITCOIN_NETWORK="signet"):
        assert isinstance(configured_source(), CoreRpc)


def test_with_a_second_url_both_are_compared() -> None:
    second = "esplora+https://two.example"
    with override_settings(CHAIN_URL="core+http://a:b@one", CHAIN_SECOND=second, BITCOIN_NETWORK="main"):
        source = configured_source()
    assert isinstance(source, Compared)
    assert source.name == "core at http://one, compared with esplora at https://two.example"


def test_settings_without_a_url_name_none() -> None:
    with override_settings(CHAIN_URL="", CHAIN_SECOND="", BITCOIN_NETWORK="main"), pytest.raises(NoSource):
        configured_source()
