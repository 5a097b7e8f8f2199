"""What a signature covers, how it may be spelled, and for how long it is good."""

import time
from urllib.parse import quote

import pytest

from access.selectors import KeyRecord
from access.signing import KeyKind
from exchange.compat.binance import signing
from exchange.compat.binance.parameters import read_raw, read_values
from exchange.compat.binance.refusals import Refusal
from tests.binance.house import Answer, Trader, encode, signature, signed, with_new_key

# From Binance's documentation.
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
TEXT = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559"
)
SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
NOW_US = 1_499_827_319_559_000
WRONG = (400, -1022, "Signature for this request is not valid.")
AHEAD = (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")
OUTSIDE = (400, -1021, "Timestamp for this request is outside of the recvWindow.")


def record() -> KeyRecord:
    return KeyRecord(1, "bk_" + "0" * 32, 1, SECRET, frozenset(), [], None)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (TEXT, ""),
        ("", TEXT),
        (f"{TEXT}&signature={SIGNATURE}", ""),
        ("", f"{TEXT}&signature={SIGNATURE}"),
        (f"signature={SIGNATURE}", TEXT),
        (TEXT.replace("&side", f"&signature={SIGNATURE}&side"), ""),
    ],
)
def test_the_documented_signature_is_the_one_of_query_and_body_without_itself(query: str, body: str) -> None:
    message = signing.signed_text(query.encode(), body.encode())
    assert message == TEXT.encode()
    signing.check_signature(record(), message, SIGNATURE)
    signing.check_signature(record(), message, SIGNATURE.upper())


def test_a_mixed_request_is_signed_as_query_and_body_without_anything_between() -> None:
    """Binance's own example of one."""
    query, body = TEXT.split("&quantity", 1)
    message = signing.signed_text(query.encode(), f"quantity{body}".encode())
    signing.check_signature(
        record(), message, "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"
    )


def test_members_of_a_websocket_request_are_signed_by_their_names() -> None:
    members = {"timestamp": "1", "apiKey": "k", "symbol": "BTCUSDB", "signature": "s", "side": "BUY"}
    assert signing.signed_members(members) == b"apiKey=k&side=BUY&symbol=BTCUSDB&timestamp=1"


@pytest.mark.parametrize(
    "spelled", ["", "0" * 64, SIGNATURE[:-1], f"{SIGNATURE} ", f"0x{SIGNATURE}", "\0", "é"]
)
def test_it_rejects_every_other_spelling(spelled: str) -> None:
    with pytest.raises(Refusal, match="-1022"):
        signing.check_signature(record(), TEXT.encode(), spelled)


def deadline(text: str, now_us: int = NOW_US) -> int:
    return signing.deadline_us(read_values(read_raw(text.encode(), b""), signing.STAMP), now_us)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timestamp=1499827319559", NOW_US + 5_000_000),
        ("timestamp=1499827319559&recvWindow=0", NOW_US),
        ("timestamp=1499827319559&recvWindow=60000", NOW_US + 60_000_000),
        ("timestamp=1499827319559&recvWindow=6000.346", NOW_US + 6_000_346),
        ("timestamp=1499827319559&recvWindow=0.5", NOW_US + 500),
        ("timestamp=1499827319559000", NOW_US + 5_000_000),
        ("timestamp=1499827314559", NOW_US),
        ("timestamp=1499827320558", NOW_US + 999_000 + 5_000_000),
        ("timestamp=1499827320558999", NOW_US + 999_999 + 5_000_000),
    ],
)
def test_a_request_is_good_until_its_window_ends(text: str, expected: int) -> None:
    assert deadline(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", -1102),
        ("timestamp=", -1105),
        ("timestamp=0", -1130),
        ("timestamp=-1", -1100),
        ("timestamp=1499827319559.5", -1100),
        ("timestamp=now", -1100),
        ("timestamp=999999999999999999999", -1100),
        ("timestamp=99999999999999999999", -1130),
        ("timestamp=9223372036854775807", -1021),
        ("timestamp=1499827320559", -1021),
        ("timestamp=1499827314558", -1021),
        ("timestamp=1499827319559&recvWindow=", -1105),
        ("timestamp=1499827319559&recvWindow=-1", -1100),
        ("timestamp=1499827319559&recvWindow=5.1234", -1100),
        ("timestamp=1499827319559&recvWindow=1e3", -1100),
        ("timestamp=1499827319559&recvWindow=60000.001", -1131),
        ("timestamp=1499827319559&recvWindow=60001", -1131),
        ("timestamp=1&timestamp=1", -1101),
    ],
)
def test_it_rejects_a_time_that_is_none_or_out_of_the_window(text: str, number: int) -> None:
    with pytest.raises(Refusal) as refused:
        deadline(text)
    assert refused.value.number == number


# ---- at the house


def of_account(trader: Trader, text: str) -> Answer:
    return trader.send_text("GET", "/api/v3/account", text)


def test_times_may_be_microseconds_and_windows_have_decimals(reader: Trader) -> None:
    text = encode({"recvWindow": "4999.125", "timestamp": time.time_ns() // 1000})
    assert of_account(reader, signed(reader.secret, text)).status == 200


def test_it_rejects_what_comes_too_early_or_too_late(reader: Trader) -> None:
    assert reader.send("GET", "/api/v3/account", {}, age_ms=-1900).refusal == AHEAD
    assert reader.send("GET", "/api/v3/account", {}, age_ms=5_100).refusal == OUTSIDE
    assert reader.send("GET", "/api/v3/account", {"recvWindow": 60_000}, age_ms=5_100).status == 200
    answer = reader.get("/api/v3/account", recvWindow=60_001)
    assert answer.refusal == (400, -1131, "recvWindow must be less than 60000.")


def test_a_signature_may_be_in_capitals_and_need_not_stand_last(reader: Trader) -> None:
    text = encode({"omitZeroBalances": True, "timestamp": now_ms()})
    made = signature(reader.secret, text.encode())
    assert of_account(reader, f"{text}&signature={made.upper()}").status == 200
    assert of_account(reader, f"signature={made}&{text}").status == 200
    assert of_account(reader, text.replace("&", f"&signature={made}&")).status == 200


def test_base64_of_ed25519_may_be_percent_encoded_or_not(reader: Trader) -> None:
    """As it is sent, `+` would be a space, so clients that do not encode it are refused as at Binance."""
    edith = with_new_key(reader.person, KeyKind.ED25519)
    for _ in range(50):
        text = encode({"timestamp": now_ms()})
        made = signature(edith.secret, text.encode())
        assert of_account(edith, f"{text}&signature={quote(made, safe='')}").status == 200
        if "+" in made:
            assert of_account(edith, f"{text}&signature={made}").refusal == WRONG
            return
        assert of_account(edith, f"{text}&signature={made}").status == 200
    raise AssertionError("fifty signatures without a plus")


def test_it_rejects_a_signature_of_another_text_or_key_or_of_none(reader: Trader) -> None:
    text = encode({"timestamp": now_ms()})
    made = signature(reader.secret, text.encode())
    assert of_account(reader, f"{text}&signature={'0' * 64}").refusal == WRONG
    assert of_account(reader, f"omitZeroBalances=true&{text}&signature={made}").refusal == WRONG
    assert of_account(reader, f"{text}&signature={signature('another', text.encode())}").refusal == WRONG
    assert of_account(reader, f"{text}&signature=%00%ff").refusal[1] == -1100
    mandatory = "Mandatory parameter 'signature' was not sent, was empty/null, or malformed."
    assert of_account(reader, text).refusal == (400, -1102, mandatory)
    assert of_account(reader, f"{text}&signature=").refusal == (400, -1102, mandatory)
    duplicates = (400, -1101, "Duplicate values for a parameter detected.")
    assert of_account(reader, f"{text}&signature={made}&signature={made}").refusal == duplicates
    assert of_account(reader, f"{text}&signature={made}&%73ignature={made}").refusal == duplicates
    assert of_account(reader, f"{text}&%73ignature={made}").refusal == WRONG


def test_the_body_of_a_get_is_neither_read_nor_signed(reader: Trader) -> None:
    text = signed(reader.secret, encode({"timestamp": now_ms()}))
    assert reader.raw("GET", f"/api/v3/account?{text}", b"omitZeroBalances=nonsense").status == 200
    answer = reader.raw("GET", "/api/v3/account", text.encode())
    assert answer.refusal[:2] == (400, -1102)


def test_parameters_of_an_order_may_stand_in_query_body_or_both(alice: Trader) -> None:
    order = {"symbol": "BTCUSDB", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    query, body = encode(order), encode({"price": "90.00", "timestamp": now_ms()})
    made = signature(alice.secret, f"{query}{body}".encode())
    placed = alice.raw("POST", f"/api/v3/order?{query}", f"{body}&signature={made}".encode())
    assert (placed.status, placed.json["price"]) == (200, "90.00000000")
    placed = alice.send("POST", "/api/v3/order", {**order, "price": "91.00"}, in_query=True)
    assert placed.json["price"] == "91.00000000"
    canceled = alice.send("DELETE", "/api/v3/openOrders", {"symbol": "BTCUSDB"}, in_query=False)
    assert len(canceled.json) == 2


def test_where_query_and_body_both_have_a_name_the_query_counts(alice: Trader) -> None:
    query = encode({"symbol": "BTCUSDB", "price": "90.00", "side": "BUY", "type": "LIMIT"})
    body = encode({"price": "95.00", "timeInForce": "GTC", "quantity": "0.1", "timestamp": now_ms()})
    made = signature(alice.secret, f"{query}{body}".encode())
    placed = alice.raw("POST", f"/api/v3/order?{query}", f"{body}&signature={made}".encode())
    assert placed.json["price"] == "90.00000000"


def test_a_replay_gets_the_same_answer_and_there_is_one_order(alice: Trader) -> None:
    """Also with the signature in capitals, at another place, or with what was signed cut elsewhere."""
    order = {"symbol": "BTCUSDB", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "90.00"}
    text = encode({**order, "quantity": "0.1", "timestamp": now_ms()})
    made = signature(alice.secret, text.encode())
    first = alice.send_text("POST", "/api/v3/order", f"{text}&signature={made}")
    assert first.status == 200
    again = alice.send_text("POST", "/api/v3/order", f"{text}&signature={made}")
    assert again.json == first.json
    capitals = alice.send_text("POST", "/api/v3/order", f"signature={made.upper()}&{text}")
    assert capitals.json == first.json
    query, _, body = text.partition("&price=90.00")
    moved = alice.raw("POST", f"/api/v3/order?{query}&price=9", f"0.00{body}&signature={made}".encode())
    assert moved.json.get("orderId", first.json["orderId"]) == first.json["orderId"]
    assert [one["orderId"] for one in alice.get("/api/v3/openOrders").json] == [first.json["orderId"]]
