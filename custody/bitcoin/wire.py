"""Reading and writing the elements of Bitcoin's wire format: strict, bounded, and without any meaning."""

import hashlib
import struct
from typing import Final

_U16, _U32, _U64 = struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<Q")
_WIDER: Final = {0xFD: (_U16, 0xFD), 0xFE: (_U32, 0x10000), 0xFF: (_U64, 0x100000000)}


class Malformed(ValueError):
    """Too short, too long or not written in the one way there is. Who reads turns it into an error of his."""


class Reader:
    """A place in bytes. What it cannot read raises Malformed; it never reads beyond the end."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.end = len(data)

    def take(self, count: int) -> bytes:
        start = self.at
        after = start + count
        if after > self.end:
            raise Malformed("it ends too early")
        self.at = after
        return self.data[start:after]

    def unpack(self, shape: struct.Struct) -> tuple[int, ...]:
        start = self.at
        if start + shape.size > self.end:
            raise Malformed("it ends too early")
        self.at = start + shape.size
        return shape.unpack_from(self.data, start)

    def peek(self) -> int:
        """The next byte, which stays unread; -1 at the end."""
        return self.data[self.at] if self.at < self.end else -1

    def size(self) -> int:
        """A compact size. A longer form than needed is malformed."""
        first = self.peek()
        if first < 0:
            raise Malformed("it ends too early")
        self.at += 1
        if first < 0xFD:
            return first
        shape, least = _WIDER[first]
        (value,) = self.unpack(shape)
        if value < least:
            raise Malformed("a size in more bytes than it needs")
        return value

    def count(self, least_bytes: int) -> int:
        """How many things follow, each of at least so many bytes: more than can be there are malformed."""
        count = self.size()
        if count * least_bytes > self.end - self.at:
            raise Malformed("it ends too early")
        return count

    def blob(self) -> bytes:
        return self.take(self.size())

    def finish(self) -> None:
        if self.at != self.end:
            raise Malformed("there are bytes left over")


def size_bytes(value: int) -> bytes:
    """A compact size."""
    if value < 0xFD:
        return bytes((value,))
    for mark, (shape, _) in _WIDER.items():
        if value < 1 << (8 * shape.size):
            return bytes((mark,)) + shape.pack(value)
    raise OverflowError(value)


def blob_bytes(data: bytes) -> bytes:
    return size_bytes(len(data)) + data


def double_sha256(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def shown_hash(digest: bytes) -> str:
    """A hash as people see it: hex, the last byte first."""
    return digest[::-1].hex()


def hash_bytes(shown: str) -> bytes:
    """The reverse of `shown_hash`. Raises Malformed."""
    if len(shown) != 64 or not shown.isascii() or shown != shown.lower():
        raise Malformed("no hash")
    try:
        digest = bytes.fromhex(shown)[::-1]
    except ValueError as error:
        raise Malformed("no hash") from error
    if len(digest) != 32:  # fromhex passes over blanks
        raise Malformed("no hash")
    return digest
