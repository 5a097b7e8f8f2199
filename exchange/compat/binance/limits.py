"""Weight per address and orders per account, in Binance's fixed windows; who goes on regardless is banned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """What is used up in the windows that this request counts in. `epoch`: of the keys, None: unknown."""

    epoch: bytes | None
    weight: int
    orders_10s: int
    orders_1d: int

    def headers(self) -> list[tuple[str, str]]:
        return []


class Limits:
    """One for each web process."""

    async def count(self, ip: str, account: int, weight: int, orders: int) -> Counted:
        """Raises Refusal: -1003 (429, then 418), -1015."""
        return Counted(None, weight, orders, orders)
