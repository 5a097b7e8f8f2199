"""What must not be let in: each is refused with its code, in JSON, quickly, and changes nothing.

Numbers, JSON, media types, methods. The client of these tests holds every answer against the envelope.
"""

import json
import re

import httpx
import pytest

from tests.api.document import Document
from tests.api.house import MARKET
from tests.api.people import Trader, field_of, order, refusal

ORDERS = "/api/v1/orders"

TOO_LONG = "0." + "1" * 1000
BAD_NUMBERS: dict[str, list[object]] = {
    "INVALID_NUMBER": [
        *("NaN", "nan", "sNaN", "-NaN123", "Infinity", "-inf", "", "0x10", "1_000", "1,5", "1%"),
        *("1e999999", "1e-999999", "1E400000000", "1e5", "1E2", "+5", "-5", "-0"),
        *(" 1 ", "1 ", "1\n", "1\x00", "1\u200b", "1.", ".5", ".", "01", "00"),
        *("１２３", "١٢٣", "𝟙", "½"),
    ],
    "INVALID_TYPE": [0.1, 1, 1e300, True, False, [], {}, ["1"], {"value": "1"}],
    "PRECISION": ["0.30000000000000004", "1." + "0" * 11, TOO_LONG],
    "OUT_OF_RANGE": ["9" * 38, "9" * 1000, "9" * 5000, str(2**63), str(2**64), "0"],
}
each_bad_number = pytest.mark.parametrize(
    ("value", "code"), [(value, code) for code, values in BAD_NUMBERS.items() for value in values]
)


@each_bad_number
@pytest.mark.parametrize("name", ["price", "quantity", "quote_budget"])
def test_what_is_no_plain_decimal_is_refused(mallory: Trader, name: str, value: object, code: str) -> None:
    kind = {"type": "MARKET", "price": None} if name == "quote_budget" else {}
    answer = mallory.try_order(**kind, **{name: value})
    assert refusal(answer) == (400, code)
    assert field_of(answer) == name


@each_bad_number
def test_what_is_no_plain_decimal_is_no_amount(mallory: Trader, value: object, code: str) -> None:
    for answer in (mallory.move(amount=value), mallory.ask_faucet(asset="BTC", amount=value)):
        assert refusal(answer) == (400, code)
        assert field_of(answer) == "amount"


UNKNOWN = ["account", "user_id", "Price", "price ", "order_id", "x" * 64, "__proto__", "leverage", "é"]
BAD_MEMBERS: list[tuple[str, str, list[object]]] = [
    ("market", "INVALID_SYMBOL", ["btc-usdb", "BTCUSDB", "BTC/USDB", "", " BTC-USDB", "BTC-USDB\n"]),
    ("market", "INVALID_SYMBOL", ["BTC\u202e-USDB", "BTC\u200b-USDB", "ВТС-USDB", "A" * 10_000]),
    ("market", "INVALID_SYMBOL", ["BTC-USDB' OR 1=1--", "{{7*7}}", "<img src=x onerror=alert(1)>"]),
    ("market", "INVALID_TYPE", [1, None, [MARKET], {"symbol": MARKET}]),
    ("side", "INVALID_CHOICE", ["buy", "", "HOLD", "BUY "]),
    ("side", "INVALID_TYPE", [0, None, True]),
    ("type", "INVALID_CHOICE", ["limit", "STOP", "0"]),
    ("time_in_force", "INVALID_CHOICE", ["GTX", ""]),
    ("time_in_force", "INVALID_TYPE", [0]),
    ("self_trade_prevention", "INVALID_CHOICE", ["NONE"]),
    ("post_only", "INVALID_TYPE", ["true", 1, 0, None, []]),
    ("client_order_id", "INVALID_TYPE", [7]),
]
BAD_MEMBERS += [(name, "UNKNOWN_FIELD", ["1"]) for name in UNKNOWN]


@pytest.mark.parametrize(
    ("name", "code", "value"), [(name, code, value) for name, code, values in BAD_MEMBERS for value in values]
)
def test_a_member_of_another_kind_is_refused(mallory: Trader, name: str, code: str, value: object) -> None:
    answer = mallory.send("POST", ORDERS, {**order(), name: value})
    assert refusal(answer) == (400, code)
    assert field_of(answer) == name


@pytest.mark.parametrize("name", ["market", "side", "type"])
def test_what_every_order_needs_is_missed(mallory: Trader, name: str) -> None:
    answer = mallory.try_order(**{name: None})
    assert refusal(answer) == (400, "MISSING_FIELD")
    assert field_of(answer) == name


def _with(text: str) -> bytes:
    """The usual order with another price, as raw JSON."""
    return json.dumps(order()).replace('"100.00"', text).encode()


BAD_BODIES: dict[str, list[bytes]] = {
    "INVALID_JSON": [
        *(b"", b"null", b"[]", b'"x"', b"1", b"true", b"{", b"{}x", b"\x00", b"<order/>", b"market=BTC-USDB"),
        *map(_with, ("NaN", "Infinity", "-Infinity", "9" * 5000, "0x1", "1.", '"\\ud800"')),
        *map(_with, ('"1", "price": "2"', '"1", "pric\\u0065": "2"')),  # two prices
        *(b"[" * 15_000, b'{"a":' * 2000 + b"1" + b"}" * 2000),
        *(
            b"\xef\xbb\xbf" + _with('"1"'),
            _with('"1"').decode().encode("utf-16"),
            _with('"1"')[:-2] + b'\xff"}',
        ),
    ],
    "INVALID_TYPE": [*map(_with, ("0.1", "1e400", "1", "-0", "9" * 30))],
    "UNKNOWN_FIELD": [
        b"{" + b",".join(b'"f%d":1' % number for number in range(65)) + b"}",
        b'{"' + b"k" * 10_000 + b'": 1}',
    ],
}


@pytest.mark.parametrize(
    ("body", "code"), [(body, code) for code, bodies in BAD_BODIES.items() for body in bodies]
)
def test_what_is_no_one_json_object_is_refused(mallory: Trader, body: bytes, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert refusal(mallory.send("POST", ORDERS, body=body, headers=headers)) == (400, code)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/xml",
        "text/plain",
        "application/msgpack",
        "application/yaml",
        "application/json; charset=utf-16",
        "application/json; charset=utf-7",
        "application/jsonp",
        "",
    ],
)
def test_another_media_type_is_refused(mallory: Trader, media_type: str) -> None:
    answer = mallory.send("POST", ORDERS, order(), headers={"Content-Type": media_type})
    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(("path", "size"), [(ORDERS, 16 * 1024), ("/api/v1/transfers", 64 * 1024)])
def test_a_body_that_is_too_large_is_refused(mallory: Trader, path: str, size: int) -> None:
    body = b'{"note": "' + b"x" * size + b'"}'
    assert refusal(mallory.send("POST", path, body=body)) == (413, "PAYLOAD_TOO_LARGE")


def test_a_read_takes_no_body(mallory: Trader) -> None:
    for method, path in [("GET", ORDERS), ("DELETE", ORDERS), ("GET", "/api/v1/balances")]:
        assert refusal(mallory.send(method, path, {})) == (400, "INVALID_JSON")


def test_a_name_in_query_and_body_is_refused(mallory: Trader) -> None:
    answer = mallory.send("POST", f"{ORDERS}?price=1", order())
    assert refusal(answer) == (400, "DUPLICATE_PARAM")
    assert refusal(mallory.send("POST", f"{ORDERS}?note=1", order())) == (400, "UNKNOWN_FIELD")


def some(path: str) -> str:
    """A path of the document with its parameters filled in."""
    return re.sub(r"\{\w+\}", "1", path.replace("{market}", MARKET))


def test_undeclared_methods_are_refused_and_say_what_is_declared(mallory: Trader, document: Document) -> None:
    for path, operations in document.content["paths"].items():
        filled = path.replace("{market}", MARKET).replace("{key_id}", "1")
        filled = (
            filled.replace("{order_id}", "1").replace("{transfer_id}", "1").replace("{client_order_id}", "x")
        )
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"}:
            if method.lower() in operations:
                continue
            answer = mallory.client.request(method, some(path))
            assert answer.status_code == 405, (method, path)
            assert answer.headers["allow"] == ", ".join(sorted(name.upper() for name in operations))


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_overridden(alice: Trader, header: str) -> None:
    path = f"{ORDERS}/{alice.place()['order']['order_id']}"
    assert alice.send("GET", path, headers={header: "DELETE"}).json()["order"]["status"] == "NEW"
    assert alice.get(path)["order"]["status"] == "NEW"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "orders/",
            "Orders",
            "orders//1",
            "%6Frders",
            "orders;x=1",
            "orders.",
        ),
        *("order", "admin", "users", "orders/1/fills", "markets/BTC-USDB/book.json", "operator", "schema"),
    ],
)
def test_what_is_not_there_is_not_found(client: httpx.Client, mallory: Trader, path: str) -> None:
    request = client.build_request("GET", "/api/v1/x")
    request.url = request.url.copy_with(raw_path=f"/api/v1/{path}".encode())
    assert refusal(client.send(request)) == (404, "NOT_FOUND")
