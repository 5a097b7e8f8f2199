"""What every deed of an operator has: somebody who does it, and a reason."""

from access.services import Origin
from custody.operator_errors import OperatorReasonRequired

MAX_REASON = 300


def required_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise OperatorReasonRequired(field="reason")
    return reason


def operator_of(origin: Origin) -> int:
    assert origin.user_id is not None, "people decide this, the house does not"
    return origin.user_id
