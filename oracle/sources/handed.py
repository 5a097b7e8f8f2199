"""What the exchange hands in of its own books: the key and the bytes. Moves nothing by itself."""

import msgspec

KEPT_S = 3600  # long enough to say how old it is, not for ever


class Handed(msgspec.Struct, frozen=True):
    price_e8: int
    time_ms: int


def handed_key(source: str) -> str:
    """Of a source's whole name: house:BTC-USDB."""
    return f"oracle:handed:{source}"


def encode_handed(handed: Handed) -> bytes:
    return msgspec.msgpack.encode(handed)


def decode_handed(data: bytes) -> Handed:
    """Raises msgspec.MsgspecError."""
    return msgspec.msgpack.decode(data, type=Handed)
