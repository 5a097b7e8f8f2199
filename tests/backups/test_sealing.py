"""A backup is read by who has the key and by nobody else, and not at all where a byte of it was changed."""

import io
from collections.abc import Iterator

import pyrage  # type: ignore[import-untyped]
import pytest

from config.backups.errors import BackupError
from config.backups.sealing import decrypt, encrypted, identities_of, recipients_of

PLAIN = bytes(range(256)) * 4_000  # several pieces of the format


def sealed(identity: pyrage.x25519.Identity, plain: bytes = PLAIN) -> bytes:
    return b"".join(encrypted(io.BytesIO(plain), [identity.to_public()]))


def opened(content: bytes, identity: pyrage.x25519.Identity) -> bytes:
    out = io.BytesIO()
    decrypt(pieces(content), out, [identity])
    return out.getvalue()


def pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + 50_001] for at in range(0, len(content), 50_001))


@pytest.mark.parametrize("plain", [b"", b"x", PLAIN], ids=["nothing", "a byte", "much"])
def test_who_has_the_key_reads_what_was_written(identity: pyrage.x25519.Identity, plain: bytes) -> None:
    assert opened(sealed(identity, plain), identity) == plain


def test_another_key_reads_nothing(identity: pyrage.x25519.Identity) -> None:
    with pytest.raises(BackupError, match="another key"):
        opened(sealed(identity), pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("at", [0, 30, 120, 250, 70_000, 500_000, -1])
def test_a_flipped_byte_is_refused(identity: pyrage.x25519.Identity, at: int) -> None:
    content = bytearray(sealed(identity))
    content[at] ^= 1
    with pytest.raises(BackupError):
        opened(bytes(content), identity)


@pytest.mark.parametrize("left", [0, 10, 180, 65_000, 65_536 + 200, -17, -1])
def test_one_that_was_cut_off_is_refused(identity: pyrage.x25519.Identity, left: int) -> None:
    with pytest.raises(BackupError):
        opened(sealed(identity)[:left], identity)


def test_something_added_at_its_end_is_refused(identity: pyrage.x25519.Identity) -> None:
    with pytest.raises(BackupError):
        opened(sealed(identity) + b"more", identity)


def test_several_may_read_it(identity: pyrage.x25519.Identity) -> None:
    other = pyrage.x25519.Identity.generate()
    both = recipients_of(f"{identity.to_public()}, {other.to_public()}")
    content = b"".join(encrypted(io.BytesIO(PLAIN), both))
    assert opened(content, identity) == opened(content, other) == PLAIN


@pytest.mark.parametrize("text", ["", " , ", "age1nonsense", "AGE-SECRET-KEY-1XYZ"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="age1"):
        recipients_of(text)


def test_a_key_file_may_have_a_passphrase(identity: pyrage.x25519.Identity) -> None:
    file = pyrage.passphrase.encrypt(f"# a comment\n{identity}\n".encode(), "a long passphrase")
    (found,) = identities_of(file, "a long passphrase")
    assert str(found) == str(identity)
    with pytest.raises(BackupError, match="not its passphrase"):
        identities_of(file, "another one")


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"age1publickey", b"AGE-SECRET-KEY-1SHORT"])
def test_a_file_without_a_key_is_refused(content: bytes) -> None:
    with pytest.raises(BackupError, match="no AGE-SECRET-KEY"):
        identities_of(content)
