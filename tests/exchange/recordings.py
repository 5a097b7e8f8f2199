"""A session small enough to follow by hand, written in the format of a recorded one.

b and a: bids and asks that rest at the beginning; l, s and m: limit buys, limit sells, market orders.
"""

import json
import lzma
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Rows = list[list[str]]
Message = dict[str, Any]

OPENING: dict[str, Rows] = {
    "bids": [["100.00", "1", "b1"], ["100.00", "0.5", "b2"], ["99.50", "2", "b3"]],
    "asks": [["101.00", "1", "a1"], ["101.00", "0.3", "a2"], ["9999999999", "0.01", "a3"]],
}
ENDING: dict[str, Rows] = {
    "bids": [["100.00", "0.10000001", "b2"], ["99.50", "1.5", "l1"], ["99.50", "0.25", "l2"]],
    "asks": [["100.50", "0.7", "s2"], ["101.00", "0.0999901", "a2"], ["9999999999", "0.01", "a3"]],
}


def received(order_id: str, side: str, **content: str) -> Message:
    kind = "limit" if "price" in content else "market"
    return {"type": "received", "order_id": order_id, "side": side, "order_type": kind, **content}


def match(maker: str, taker: str, price: str, size: str) -> Message:
    return {
        "type": "match",
        "maker_order_id": maker,
        "taker_order_id": taker,
        "price": price,
        "size": size,
    }


def done(order_id: str, reason: str) -> Message:
    return {"type": "done", "order_id": order_id, "reason": reason, "side": "buy"}


STREAM: list[Message] = [
    received("s1", "sell", price="100.00", size="1.2"),  # through b1 into b2
    match("b1", "s1", "100.00", "1.0"),
    done("b1", "filled"),
    match("b2", "s1", "100.00", "0.2"),
    received("m1", "buy", size="1.1"),  # by size: all of a1, a part of a2
    match("a1", "m1", "101.00", "1"),
    match("a2", "m1", "101.00", "0.1"),
    received("m2", "buy", funds="10.1009999999999999"),  # by funds: 0.1 and not a lot more
    match("a2", "m2", "101.00", "0.1000099"),
    done("m2", "canceled"),  # what a market order did not spend: nobody's cancel
    received("m3", "sell", size="0.5", funds="19.999999"),  # by both: the funds end first
    match("b2", "m3", "100.00", "0.19999999"),
    received("l1", "buy", price="99.50", size="1.5"),
    {"type": "open", "order_id": "l1", "side": "buy", "price": "99.50", "remaining_size": "1.5"},
    received("l2", "buy", price="99.50", size="0.25"),
    received("s2", "sell", price="100.50", size="0.7"),
    done("b3", "canceled"),
    done("unknown", "canceled"),  # placed and canceled before what was recorded
]
MATCHES = sum(message["type"] == "match" for message in STREAM)


def write_recording(
    folder: Path,
    *,
    opening: dict[str, Rows] = OPENING,
    stream: Iterable[Message] = STREAM,
    ending: dict[str, Rows] = ENDING,
) -> Path:
    for name, book in (("beginning", opening), ("ending", ending)):
        with lzma.open(folder / f"{name}_level_3.json.xz", "wt") as file:
            json.dump(book, file)
    with lzma.open(folder / "messages.jsonl.xz", "wt") as file:
        file.writelines(json.dumps(message) + "\n" for message in stream)
    return folder
