"""Market data and private messages on their way to the web: they come back as they were, or are refused."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.live_wire import (
    AccountNews,
    AccountsMessage,
    MarketMessage,
    PublicTrade,
    decode_account_news,
    decode_market,
    encode_account_news,
    encode_market,
)
from exchange.wire import MalformedMessage

NUMBERS = st.integers(0, 2**63 - 1)
LEVELS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5)
TRADES = st.lists(
    st.builds(PublicTrade, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(0, 1), NUMBERS, NUMBERS)
)
MESSAGES = st.builds(MarketMessage, NUMBERS, NUMBERS, NUMBERS, LEVELS, LEVELS, TRADES)
NEWS = st.lists(st.builds(AccountNews, NUMBERS, NUMBERS, st.binary(max_size=50)), max_size=5)
TRADE = [1, 100, 5, 500, 0, 7, 64]
PLAIN: list[Any] = [1, 2, 3, [[100, 5]], [], [TRADE]]


@given(MESSAGES)
def test_a_market_message_comes_back_as_it_was(message: MarketMessage) -> None:
    assert decode_market(encode_market(message)) == message


@given(NUMBERS, NEWS)
def test_private_news_come_back_as_they_were(timestamp_ns: int, news: list[AccountNews]) -> None:
    assert decode_account_news(encode_account_news(timestamp_ns, news)) == AccountsMessage(timestamp_ns, news)


def test_a_message_is_a_plain_array_without_names() -> None:
    """Whoever reads it goes by place; a name would be sent with each of thousands of messages."""
    message = MarketMessage(1, 2, 3, [(100, 5)], [], [PublicTrade(*TRADE)])
    assert msgspec.msgpack.decode(encode_market(message)) == PLAIN


@pytest.mark.parametrize(
    ("at", "junk"),
    [
        (0, "1"),
        (1, None),
        (2, 1.5),
        (3, {}),
        (3, [[100]]),
        (3, [[100, 5, 1]]),
        (4, [["100", 5]]),
        (5, [TRADE[:-1]]),
        (5, [[*TRADE[:-1], "7"]]),
    ],
)
def test_a_market_message_of_another_shape_is_refused(at: int, junk: object) -> None:
    decode_market(msgspec.msgpack.encode(PLAIN))
    with pytest.raises(MalformedMessage):
        decode_market(msgspec.msgpack.encode([*PLAIN[:at], junk, *PLAIN[at + 1 :]]))


@pytest.mark.parametrize(
    "junk", [[], [1], [1, [[1, 2]]], [1, [[1, 2, 3]]], [1, [["1", 2, b""]]], ["1", []], {"timestamp_ns": 1}]
)
def test_private_news_of_another_shape_are_refused(junk: object) -> None:
    with pytest.raises(MalformedMessage):
        decode_account_news(msgspec.msgpack.encode(junk))


@given(st.binary(max_size=60))
def test_no_bytes_can_break_the_readers(data: bytes) -> None:
    for decode in (decode_market, decode_account_news):
        try:
            decode(data)
        except MalformedMessage:
            continue


@given(MESSAGES, st.data())
def test_a_message_that_is_cut_off_is_refused(message: MarketMessage, data: st.DataObject) -> None:
    whole = encode_market(message)
    with pytest.raises(MalformedMessage):
        decode_market(whole[: data.draw(st.integers(0, len(whole) - 1))])
