"""What stands in a path: order numbers, symbols, ids that clients chose. Errors name the parameter."""

from access.errors import DomainError, OutOfRange
from access.fields import ClientOrderIdField, StrictField, SymbolField
from exchange.engine.types import INT64_MAX

_SYMBOL = SymbolField()
_CLIENT_ORDER_ID = ClientOrderIdField()


def parse_number(text: str, *, field: str, absent: type[DomainError]) -> int:
    """Raises `absent` for what cannot be a number, OutOfRange for one that no row can have."""
    if not (text.isascii() and text.isdigit()):
        raise absent
    if len(text) > 19 or int(text) > INT64_MAX:
        raise OutOfRange(field=field)
    return int(text)


def check_symbol(text: str) -> None:
    """Raises InvalidSymbol."""
    _check(_SYMBOL, text, "market")


def check_client_order_id(text: str) -> None:
    """Raises InvalidClientOrderId."""
    _check(_CLIENT_ORDER_ID, text, "client_order_id")


def _check(form: StrictField, text: str, field: str) -> None:
    try:
        form.parse(text)
    except DomainError as error:
        error.field = field
        raise
