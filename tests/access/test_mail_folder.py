"""Mails where no server takes them: files for their owner, so many and no more, and nothing in the log."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from access import mail_folder
from tests.support.logged import logged

LINK = "https://ballast.example.com/password/reset/MQ/c0ffee-and-more"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_FOLDER = tmp_path / "mails"
    return tmp_path / "mails"


def send(number: int = 0) -> None:
    letter = EmailMessage(f"Letter {number}", f"Follow {LINK}", "house@example.com", ["alice@example.com"])
    mail_folder.FolderBackend().send_messages([letter])


def test_each_is_a_file_that_its_owner_alone_reads(folder: Path) -> None:
    send()
    (path,) = folder.iterdir()
    assert LINK in path.read_text()
    assert "To: alice@example.com" in path.read_text()
    assert (path.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)


def test_the_log_says_where_it_lies_and_not_what_it_says(folder: Path) -> None:
    with logged() as log:
        send()
    (line,) = log.lines("access.mail_folder")
    assert str(folder) in line["event"]
    assert "c0ffee" not in log.text
    assert "alice" not in log.text


def test_the_oldest_give_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_folder, "MAX_KEPT", 3)
    for number in range(5):
        send(number)
    kept = sorted(path.read_text().splitlines()[2] for path in folder.iterdir())
    assert kept == ["Subject: Letter 2", "Subject: Letter 3", "Subject: Letter 4"]
