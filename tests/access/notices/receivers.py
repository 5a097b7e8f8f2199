"""A receiver of webhooks on this machine, with a certificate of its own authority, that answers as told.

And what sends to it: the real sender, which is given the authority and where the name leads.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from access.notices.addresses import Address
from access.notices.posting import WebhookSender
from access.notices.targets import Policy

NAME = "hooks.example.com"
HERE = ipaddress.IPv4Address("127.0.0.1")
LOCAL = Policy(is_local=True)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Lookup = Callable[[str], Sequence[Address]]


@dataclass(frozen=True)
class Heard:
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[socket.socket, Heard], None]


def says(content: bytes) -> Answer:
    return lambda connection, _: connection.sendall(content)


def status(code: int, *more: str) -> Answer:
    head = "\r\n".join([f"HTTP/1.1 {code} So", "Content-Length: 0", *more])
    return says(f"{head}\r\n\r\n".encode())


def silence(connection: socket.socket, _: Heard) -> None:
    connection.recv(1)  # until the other one has had enough


@dataclass
class Receiver:
    port: int
    answer: Answer = field(default_factory=lambda: says(OK))
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/hook?a=1"


@contextmanager
def receiver(answer: Answer | None = None, *, tls: bool = True) -> Iterator[Receiver]:
    server_context()  # once, before threads would each make a certificate of their own
    listening = socket.create_server(("127.0.0.1", 0))
    found = Receiver(listening.getsockname()[1])
    if answer is not None:
        found.answer = answer
    thread = threading.Thread(target=_serve, args=(listening, found, tls), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def _serve(listening: socket.socket, receiver: Receiver, tls: bool) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        receiver.connections += 1
        threading.Thread(target=_talk, args=(connection, receiver, tls), daemon=True).start()


def _talk(connection: socket.socket, receiver: Receiver, tls: bool) -> None:
    try:
        with connection:
            connection.settimeout(20)
            if tls:
                connection = server_context().wrap_socket(connection, server_side=True)
            heard = _read(connection)
            receiver.heard.append(heard)
            receiver.answer(connection, heard)
            connection.close()
    except (OSError, ValueError):
        return  # whoever sends has had enough


def _read(connection: socket.socket) -> Heard:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(connection)
    return Heard(line, headers, body)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise OSError("gone")
    return data


def sender(
    *, policy: Policy = LOCAL, lookup: Lookup | None = None, seconds: float = 5.0, trusts: bool = True
) -> WebhookSender:
    context = ssl.create_default_context(cadata=authority() if trusts else None)
    return WebhookSender(policy, context, lookup or (lambda _: [HERE]), seconds)


def authority() -> str:
    return _made()[0]


@cache
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_text("".join(_made()))
        context.load_cert_chain(path)
    return context


@cache
def _made() -> tuple[str, str]:
    """A certificate that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ballast test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM).decode(), secret.decode()
