"""Calls of the SDK about bitcoin and second factors, and what they are called with.

What they leave behind holds withdrawals, so they stand in an order: withdrawals first.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from access.models import TotpDevice
from access.second_factor import begin_enrolment, code_at, seed_second_factor, step_at
from access.services import Origin
from custody.bitcoin.addresses import address_of
from custody.bitcoin.types import Network
from custody.services.allowed_addresses import Target
from custody.services.withdrawals import Wanted, request_withdrawal
from tests.api.bitcoin import LONG_AGO, Saver
from tests.custody.support.house import BTC, CustodyHouse


class Savings:
    """Alice's bitcoin: a deposit, withdrawals that may be canceled, and codes without end."""

    def __init__(self, alice: Saver, chain: CustodyHouse) -> None:
        self._alice = alice
        self._hours = self._asked = self._foreign = 0
        alice.paid(chain, BTC)
        self.withdrawals = [self._withdrawal() for _ in range(3)]

    def _withdrawal(self) -> str:
        """Asked for earlier, each with a code of its own time."""
        self._hours += 1
        at = timezone.now() - timedelta(hours=self._hours)
        wanted = Wanted(self._alice.user_id, f"{at}", Target(address_id=self.home_id()), BTC // 100)
        TotpDevice.objects.filter(pk=self._alice.user_id).update(last_step=0)
        code = code_at(self._alice.totp_secret, step_at(at))
        return str(request_withdrawal(wanted=wanted, code=code, now=at, origin=Origin()).pk)

    def code(self, ahead: int = 0) -> str:
        """Good, as if none had been used today and nobody had changed the secret."""
        user_id = self._alice.user_id
        seed_second_factor(
            user_id=user_id, secret=self._alice.totp_secret, changed_at=timezone.now() - LONG_AGO
        )
        TotpDevice.objects.filter(pk=user_id).update(last_step=0)
        return code_at(self._alice.totp_secret, step_at(timezone.now()) + ahead)

    def code_to_withdraw(self) -> str:
        """A withdrawal keeps its code's step: the first one takes this step, the second one the next."""
        self._asked += 1
        return self.code(ahead=self._asked - 1)

    def first_code(self) -> str:
        """Of a second factor that is being set up."""
        now = timezone.now()
        begun = begin_enrolment(user_id=self._alice.user_id, code=self.code(), now=now, origin=Origin())
        TotpDevice.objects.filter(pk=self._alice.user_id).update(last_step=0)
        return code_at(begun.secret, step_at(now))

    def home_id(self) -> int:
        return int(self._alice.home.pk)

    def deposit_id(self) -> str:
        return str(self._alice.get("/api/v1/deposits")["deposits"][0]["deposit_id"])

    def withdrawal_to_cancel(self) -> str:
        return self.withdrawals.pop()

    def new_address(self) -> str:
        self._foreign += 1
        address = address_of(b"\x00\x14" + self._foreign.to_bytes(20, "big"), Network.REGTEST)
        assert address is not None
        return address

    def address_to_remove(self) -> str:
        body = {"address": self.new_address(), "label": "", "code": self.code()}
        answer = self._alice.send("POST", "/api/v1/withdrawal-addresses", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["address"]["address_id"])


BITCOIN_CALLS: dict[str, Callable[[Any, Savings], Any]] = {
    "get_custody": lambda c, s: c.bitcoin.custody(),
    "get_deposit_address": lambda c, s: c.bitcoin.deposit_address(),
    "get_deposits": lambda c, s: c.bitcoin.deposits(status="CREDITED", page_size=1),
    "get_deposits_by_deposit_id": lambda c, s: c.bitcoin.deposit(s.deposit_id()),
    "get_withdrawal_limits": lambda c, s: c.bitcoin.withdrawal_limits(),
    "get_withdrawal_addresses": lambda c, s: c.bitcoin.withdrawal_addresses(),
    "post_withdrawals": lambda c, s: c.bitcoin.withdraw(
        amount="0.01", address_id=s.home_id(), code=s.code_to_withdraw()
    ),
    "get_withdrawals": lambda c, s: c.bitcoin.withdrawals(page_size=1),
    "get_withdrawals_by_withdrawal_id": lambda c, s: c.bitcoin.withdrawal(s.withdrawals[0]),
    "delete_withdrawals_by_withdrawal_id": lambda c, s: c.bitcoin.cancel_withdrawal(s.withdrawal_to_cancel()),
    "post_withdrawal_addresses": lambda c, s: c.bitcoin.add_withdrawal_address(
        address=s.new_address(), label="new", code=s.code()
    ),
    "delete_withdrawal_addresses_by_address_id": lambda c, s: c.bitcoin.remove_withdrawal_address(
        s.address_to_remove()
    ),
    "get_second_factor": lambda c, s: c.keys.second_factor(),
    "post_second_factor": lambda c, s: c.keys.set_up_second_factor(code=s.code()),
    "post_second_factor_confirm": lambda c, s: c.keys.confirm_second_factor(code=s.first_code()),
    "post_second_factor_removal": lambda c, s: c.keys.remove_second_factor(code=s.code()),
}
BITCOIN_BY_LOGIN = {"post_second_factor", "post_second_factor_confirm", "post_second_factor_removal"}
