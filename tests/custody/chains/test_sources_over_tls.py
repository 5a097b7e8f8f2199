"""Who a node is, is proven by its certificate: any other server is nobody, and hears no password."""

import ssl
from pathlib import Path

import pytest

from custody.bitcoin.types import Network
from custody.chains.registry import source_of
from custody.chains.source import ChainUnavailable
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.fake_esplora import serving_esplora
from tests.oracle.sources.test_tls import self_signed


@pytest.mark.parametrize("kind", ["core", "esplora"])
def test_a_certificate_that_nobody_vouches_for_is_refused(kind: str, tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    serving = serving_bitcoind if kind == "core" else serving_esplora
    with serving(tls=context) as node, pytest.raises(ChainUnavailable):
        source_of(node.url, Network.REGTEST).check()
    assert node.asked == []


def test_a_certificate_that_is_vouched_for_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context: ssl.SSLContext = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
    with serving_bitcoind(tls=context) as node:
        assert source_of(node.url, Network.REGTEST).check().height == node.chain.height
