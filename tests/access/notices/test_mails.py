"""Mails go out by SMTP; what a server cannot take now is sent again, what none ever takes is given up."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from access.models import Notice, NoticeChannel, NoticeDelivery
from access.notices.mail import MailSender
from access.notices.outcomes import DELIVERED, Outcome

pytestmark = pytest.mark.django_db


@dataclass
class Sink:
    """A server of mail that says to each command what it was told to say, and else that all is well."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[bytes] = field(default_factory=list)


@contextmanager
def sink(**says: str) -> Iterator[Sink]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Sink(listening.getsockname()[1], says)
        thread = threading.Thread(target=_serve, args=(listening, found), daemon=True)
        thread.start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _serve(listening: socket.socket, sink: Sink) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb", buffering=0) as lines:
            _say(lines, "220 here")
            _talk(lines, sink)


def _talk(lines: socket.SocketIO, sink: Sink) -> None:
    while line := lines.readline():
        command = line.split()[0].decode().upper()
        if command == "DATA" and "DATA" not in sink.says:
            _say(lines, "354 go on")
            letter = b""
            while (part := lines.readline()) != b".\r\n":
                letter += part
            sink.letters.append(letter)
        _say(lines, sink.says.get(command, "250 fine"))
        if command == "QUIT":
            return


def _say(lines: socket.SocketIO, text: str) -> None:
    lines.write(f"{text}\r\n".encode())


def mailed(settings: Settings, port: int, address: str = "alice@example.com") -> Outcome:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_TIMEOUT = 2
    alice = User.objects.create(username="alice", email=address)
    now = timezone.now()
    text = "Your vault “Ärger” is near 150 %."
    notice = Notice.objects.create(user=alice, kind="VAULT_WARNING", key="k", text=text, created_at=now)
    delivery = NoticeDelivery(notice=notice, channel=NoticeChannel.EMAIL, created_at=now, next_at=now)
    return MailSender().send(delivery)


def test_a_mail_arrives_as_plain_text(settings: Settings) -> None:
    with sink() as server:
        assert mailed(settings, server.port) == DELIVERED
    (letter,) = server.letters
    read = message_from_bytes(letter, policy=default)
    assert (read["To"], read.get_content_type()) == ("alice@example.com", "text/plain")
    assert read["Auto-Submitted"] == "auto-generated"
    assert "Your vault “Ärger” is near 150 %." in read.get_content()
    assert "<html" not in letter.decode().lower()


@pytest.mark.parametrize("answer", ["451 later", "452 full"])
def test_a_server_that_is_busy_is_asked_again(settings: Settings, answer: str) -> None:
    with sink(RCPT=answer) as server:
        outcome = mailed(settings, server.port)
    assert (outcome.error, outcome.is_permanent) == (f"SMTP {answer[:3]}", False)


def test_an_address_that_is_refused_for_good_is_given_up(settings: Settings) -> None:
    with sink(RCPT="550 nobody here") as server:
        outcome = mailed(settings, server.port)
    assert (outcome.error, outcome.is_permanent) == ("SMTP 550", True)


@pytest.mark.parametrize("command", ["MAIL", "DATA"])
def test_what_may_be_our_own_fault_is_tried_again(settings: Settings, command: str) -> None:
    with sink(**{command: "554 not you"}) as server:
        outcome = mailed(settings, server.port)
    assert (outcome.error, outcome.is_permanent) == ("SMTP 554", False)


def test_a_server_that_is_away_is_asked_again(settings: Settings) -> None:
    with sink() as server:
        port = server.port
    outcome = mailed(settings, port)
    assert (outcome.error, outcome.is_permanent) == ("NOT_CONNECTED", False)


@pytest.mark.parametrize("address", ["alice@example.com\nBcc: bob@example.com", "alice@" + "x" * 70 + ".com"])
def test_an_address_that_is_none_is_given_up(settings: Settings, address: str) -> None:
    with sink() as server:
        outcome = mailed(settings, server.port, address)
    assert outcome in (DELIVERED, Outcome("INVALID_ADDRESS", is_permanent=True))
    assert all(b"bob@example.com" not in letter.split(b"\n\n")[0] for letter in server.letters)


def test_who_has_no_address_any_more_gets_none(settings: Settings) -> None:
    with sink() as server:
        outcome = mailed(settings, server.port, "")
    assert outcome == Outcome("NO_ADDRESS", is_permanent=True)
