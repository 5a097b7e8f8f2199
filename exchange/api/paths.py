"""What stands in a path: symbols and ids that clients chose. Errors name the parameter."""

from access.errors import DomainError
from access.fields import ClientOrderIdField, StrictField, SymbolField

_SYMBOL = SymbolField()
_CLIENT_ORDER_ID = ClientOrderIdField()


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
