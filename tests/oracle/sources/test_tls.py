"""Who an exchange is, is proven by its certificate: any other server is nobody."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from oracle.rules.quotes import Absent
from oracle.sources.registry import make_source
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import bitstamp
from tests.oracle.sources.servers import page, run


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "both.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("name", ["bitstamp:BTC/USD", "pyth:BTC/USD"])
def test_a_certificate_that_nobody_vouches_for_is_refused(name: str, tmp_path: Path) -> None:
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(page(bitstamp("60000", "60001", "60000")))
        writer.close()

    async def ask() -> Absent:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=self_signed(tmp_path))
        address = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        source = make_source(name, Surroundings({name.split(":")[0]: address}, timeout_s=3.0))
        with pytest.raises(SourceFailure) as failed:
            await source.fetch()
        await source.close()
        server.close()
        return failed.value.reason

    assert run(ask()) is Absent.UNREACHABLE
    assert asked == []
