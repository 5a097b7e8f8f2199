"""What the OpenAPI document says beside the operations: how to sign, what the statuses mean, the one error.

Pure values, for the settings read them. What stands in an operation is declared with `access.http.operation`.
"""

from typing import Any

DESCRIPTION = """\
Amounts, prices and quantities are decimal strings, times milliseconds since 1970 (UTC). Whatever a request
has that is not declared is refused.

**Signing.** A request carries `X-API-KEY`, `X-TIMESTAMP` (milliseconds), `X-NONCE` (good once) and
`X-SIGNATURE` over five parts with one line feed between them: the timestamp, the nonce, the method in
capitals, the path with its query as sent, and the lower-case hexadecimal SHA-256 of the body. An HMAC key
signs with HMAC-SHA256 and sends lower-case hexadecimal, an Ed25519 key sends base64. A login's session cookie
does as well; what changes something then needs `X-CSRFToken`.

**Statuses.** 400 cannot be understood, 401 not signed rightly, 403 not allowed, 404 not there or not yours,
408 read after the receive window, 409 in conflict with what is, 413 and 415 not a body to send,
422 understood and refused by a rule, 429 too many (see `Retry-After`), 503 not accepted, for a part of the
house is away. **504: the outcome is unknown**. Ask for the order by its client order id, or repeat the
request under the same id.

**Repeats.** A `client_order_id`, and the `Idempotency-Key` of what moves money, make a repeat safe: it has no
second effect and gets the first answer, byte for byte.
"""

ERROR: dict[str, Any] = {
    "type": "object",
    "description": "Every refusal.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "Stable: programs decide by it."},
                "message": {"type": "string", "description": "For people; it may change."},
                "field": {"type": "string", "description": "The input that was wrong, or empty."},
                "request_id": {"type": "string", "description": "Also in the header X-Request-Id."},
            },
            "required": ["code", "message", "field", "request_id"],
            "additionalProperties": {"description": "Further values that some codes bring."},
        }
    },
    "required": ["error"],
    "examples": [
        {
            "error": {
                "code": "TICK_SIZE",
                "message": "The price is not a multiple of the market's tick size.",
                "field": "price",
                "request_id": "5d9f0c2be07a41f3b6a8c1d2",
            }
        }
    ],
}


def _header(name: str, description: str) -> dict[str, str]:
    return {"type": "apiKey", "in": "header", "name": name, "description": description}


def components(session_cookie: str) -> dict[str, Any]:
    session = {"type": "apiKey", "in": "cookie", "name": session_cookie, "description": "A login."}
    return {
        "schemas": {"Error": ERROR},
        "securitySchemes": {
            "key": _header("X-API-KEY", "The key's public name."),
            "timestamp": _header("X-TIMESTAMP", "When it was signed, in milliseconds since 1970."),
            "nonce": _header("X-NONCE", "1 to 64 letters, digits, hyphens or underscores; good once."),
            "signature": _header("X-SIGNATURE", "Over timestamp, nonce, method, path and body."),
            "session": session,
        },
    }


TAGS = [
    {"name": "general", "description": "For everybody."},
    {"name": "markets", "description": "Markets, their books and trades; for everybody."},
    {"name": "oracle", "description": "The price of bitcoin, how it was made, and what may be done with it."},
    {"name": "orders", "description": "One's own orders. What is answered is committed."},
    {"name": "wallet", "description": "One's own money and what moved it."},
    {"name": "bitcoin", "description": "Deposits, withdrawals, and who holds the keys."},
    {"name": "vaults", "description": "Dollars minted against one's own bitcoin."},
    {"name": "reserves", "description": "What is owed, and what stands behind it; for everybody."},
    {"name": "keys", "description": "One's own API keys."},
    {"name": "notices", "description": "What one is told, and by which channel."},
]
