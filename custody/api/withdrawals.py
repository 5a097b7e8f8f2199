"""Bitcoin that leaves: asked for with a code, seen, canceled while nobody has signed; and the limits."""

from django.conf import settings
from django.utils import timezone

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.idempotency import idempotency_key, once_async
from access.pagination import moment_cursor
from access.parsing import parse_uuid
from access.second_factor import second_factor_state
from access.second_factor.errors import SecondFactorRequired
from access.services import origin_of
from custody.api.admitting import require_bitcoin
from custody.api.documents import OneWithdrawalDocument, WithdrawalLimitsDocument, WithdrawalsDocument
from custody.api.forms import AssetQuery, WithdrawalForm, WithdrawalsQuery
from custody.errors import (
    AccountFrozen,
    CustodyUnavailable,
    WithdrawalNotFound,
    WithdrawalsHeld,
    WithdrawalsStopped,
)
from custody.rendering import ASSET, bitcoin, moment, render_withdrawal
from custody.rules.withdrawals import unseen_left_sats, user_left_sats
from custody.selectors import is_frozen
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import (
    held_until,
    open_stop,
    unseen_of,
    used_of,
    withdrawal_of,
    withdrawals_of,
)
from custody.services.allowed_addresses import Target
from custody.services.withdrawals import Wanted, cancel_withdrawal, request_withdrawal

TAGS = ["bitcoin"]


class WithdrawalsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.WITHDRAW,
        summary="Withdraw bitcoin",
        body=WithdrawalForm,
        answers={202: OneWithdrawalDocument},
        idempotent=True,
        tags=TAGS,
        example={"asset": "BTC", "amount": "0.05", "address_id": 1, "code": "123456"},
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """From the funding wallet to an address of one's list. The money is set aside with the answer; what
        becomes of it is seen by asking again."""
        return await once_async(request, lambda: _withdraw(request))

    @operation(
        scope=Scope.READ,
        summary="My withdrawals, latest first",
        query=WithdrawalsQuery,
        answers={200: WithdrawalsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        limit, status = request.query["limit"], request.query["status"]
        found = withdrawals_of(
            request.caller.user_id,
            statuses=[status] if status else (),
            before=request.query["cursor"],
            limit=limit + 1,
        )
        shown = found[:limit]
        cursor = moment_cursor(shown[-1].created_at, shown[-1].pk) if len(found) > limit else None
        return ApiAnswer({"withdrawals": [render_withdrawal(one) for one in shown], "next_cursor": cursor})


class WithdrawalEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ, summary="See one withdrawal", answers={200: OneWithdrawalDocument}, tags=TAGS
    )
    def get(self, request: ApiRequest, withdrawal_id: str) -> ApiAnswer:
        found = withdrawal_of(request.caller.user_id, parse_uuid(withdrawal_id, absent=WithdrawalNotFound))
        if found is None:
            raise WithdrawalNotFound
        return ApiAnswer({"withdrawal": render_withdrawal(found)})

    @operation(
        scope=Scope.WITHDRAW,
        summary="Cancel a withdrawal",
        answers={200: OneWithdrawalDocument},
        tags=TAGS,
    )
    def delete(self, request: ApiRequest, withdrawal_id: str) -> ApiAnswer:
        """Until a signer may have been asked. The money is back in the funding wallet with the answer."""
        done = cancel_withdrawal(
            owner_id=request.caller.user_id,
            withdrawal_id=parse_uuid(withdrawal_id, absent=WithdrawalNotFound),
            origin=origin_of(request),
        )
        return ApiAnswer({"withdrawal": render_withdrawal(done)})


class WithdrawalLimitsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What I may withdraw now",
        query=AssetQuery,
        answers={200: WithdrawalLimitsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        require_bitcoin(request.query["asset"])
        user_id, now, terms = request.caller.user_id, timezone.now(), terms_in_force()
        used = used_of(user_id, now)
        return ApiAnswer(
            {
                "asset": ASSET,
                "minimum": bitcoin(terms.min_withdrawal_sats),
                "maximum": bitcoin(terms.max_withdrawal_sats),
                "fee": bitcoin(terms.fee_sats),
                "day_limit": bitcoin(terms.user_day_sats),
                "day_left": bitcoin(user_left_sats(used, terms)),
                "day_count_left": max(terms.user_day_count - used.user_day_count, 0),
                "approval_above": bitcoin(unseen_left_sats(unseen_of(user_id, terms, now), terms)),
                "held_until_ms": moment(held_until(user_id, terms, now)),
                "stops": _stops(user_id),
            }
        )


def _withdraw(request: ApiRequest) -> ApiAnswer:
    body = request.body
    require_bitcoin(body["asset"])
    wanted = Wanted(
        owner_id=request.caller.user_id,
        key=idempotency_key(request),
        target=Target(address_id=body["address_id"], address=body["address"] or ""),
        amount_sats=body["amount"],
    )
    done = request_withdrawal(wanted=wanted, code=body["code"], now=timezone.now(), origin=origin_of(request))
    return ApiAnswer({"withdrawal": render_withdrawal(done)}, status=202)


def _stops(user_id: int) -> list[str]:
    now = timezone.now()
    reasons = {
        CustodyUnavailable.code: not settings.CUSTODY,
        WithdrawalsStopped.code: open_stop() is not None,
        AccountFrozen.code: is_frozen(user_id),
        WithdrawalsHeld.code: held_until(user_id, terms_in_force(), now) is not None,
        SecondFactorRequired.code: second_factor_state(user_id=user_id, now=now).since is None,
    }
    return [code for code, holds in reasons.items() if holds]
