"""Encryption in the age format, in a stream: nothing is ever whole in memory, and no plaintext on a disk.

Whoever makes backups has the recipient's public key alone and cannot read what he has made.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import pyrage  # type: ignore[import-untyped]

from config.backups.errors import BackupError

Recipients = list[pyrage.x25519.Recipient]
Identities = list[pyrage.x25519.Identity]

_PIECE = 65_536
AGE_HEADER = b"age-encryption.org/"


def recipients_of(text: str) -> Recipients:
    """Of one or several age1.., with commas. Raises ValueError."""
    named = [one.strip() for one in text.split(",") if one.strip()]
    try:
        found = [pyrage.x25519.Recipient.from_str(one) for one in named]
    except pyrage.RecipientError:
        found = []
    if not found:
        raise ValueError("A recipient is a public key of age, age1..: `manage.py backup_key` makes a pair.")
    return found


def identities_of(content: bytes, passphrase: str = "") -> Identities:
    """Of a key file, which may itself be encrypted with a passphrase. Raises BackupError."""
    if content.startswith(AGE_HEADER):
        try:
            content = pyrage.passphrase.decrypt(content, passphrase)
        except pyrage.DecryptError:
            raise BackupError("The key file is encrypted, and this is not its passphrase.") from None
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(one) for one in lines if one.startswith("AGE-SECRET-KEY-")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BackupError("The key file holds no AGE-SECRET-KEY-1..")
    return found


class Measured:
    """Pieces on their way, counted and digested as they pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def encrypted(plain: IO[bytes], recipients: Recipients) -> Iterator[bytes]:
    """The ciphertext of what `plain` gives, piece by piece. Raises BackupError."""
    return _through(lambda out: pyrage.encrypt_io(plain, out, recipients))


def decrypt(pieces: Iterable[bytes], out: IO[bytes], identities: Identities) -> None:
    """Raises BackupError where no identity fits, a byte was changed, or the end is missing. What was written
    to `out` until then is true, but not whole."""
    try:
        pyrage.decrypt_io(_Reader(iter(pieces)), out, identities)
    except pyrage.DecryptError:
        raise BackupError("It cannot be decrypted: another key, or not as it was written.") from None
    except OSError as error:
        raise BackupError(f"It cannot be decrypted to its end: {error}") from None


def _through(work: Callable[[IO[bytes]], object]) -> Iterator[bytes]:
    """What a thread writes into a pipe. Who stops reading ends the thread, by the pipe's end."""
    read_end, write_end = os.pipe()
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(write_end, "wb", buffering=_PIECE) as out:
                work(out)
        except BaseException as error:  # noqa: BLE001 (told to who reads)
            wrong.append(error)

    thread = threading.Thread(target=run, name="sealing", daemon=True)
    thread.start()
    with os.fdopen(read_end, "rb", buffering=0) as source:
        while piece := source.read(_PIECE):
            yield piece
    thread.join()
    if wrong:
        raise BackupError(f"It could not be encrypted: {type(wrong[0]).__name__}")


class _Reader:
    """Pieces as a file to be read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        most = len(self._rest) if size < 0 else size
        given, self._rest = bytes(self._rest[:most]), self._rest[most:]
        return given
