"""One's list of addresses that bitcoin may be withdrawn to."""

from django.utils import timezone

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.parsing import parse_number
from access.services import origin_of
from custody.api.documents import (
    AllowedAddressesDocument,
    OneAllowedAddressDocument,
    RemovedAddressDocument,
)
from custody.api.forms import AllowedAddressForm
from custody.errors import AddressNotFound
from custody.rendering import render_address
from custody.selectors_withdrawals import addresses_of
from custody.services.allowed_addresses import add_address, remove_address

TAGS = ["bitcoin"]


class AllowedAddressesEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="My addresses for withdrawals",
        answers={200: AllowedAddressesDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"addresses": [render_address(one) for one in addresses_of(request.caller.user_id)]})

    @operation(
        scope=Scope.WITHDRAW,
        summary="Put an address on my list",
        body=AllowedAddressForm,
        answers={201: OneAllowedAddressDocument},
        tags=TAGS,
    )
    def post(self, request: ApiRequest) -> ApiAnswer:
        """It can be withdrawn to after a day, and every withdrawal is held for a day. A repeat is refused:
        ADDRESS_EXISTS."""
        added = add_address(
            owner_id=request.caller.user_id,
            address=request.body["address"],
            label=request.body["label"],
            code=request.body["code"],
            now=timezone.now(),
            origin=origin_of(request),
        )
        return ApiAnswer({"address": render_address(added)}, status=201)


class AllowedAddressEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.WITHDRAW,
        summary="Take an address off my list",
        answers={200: RemovedAddressDocument},
        tags=TAGS,
    )
    def delete(self, request: ApiRequest, address_id: str) -> ApiAnswer:
        """At once and without a code. What is on its way there and unsigned is canceled; every withdrawal is
        held for a day."""
        canceled = remove_address(
            owner_id=request.caller.user_id,
            address_id=parse_number(address_id, field="address_id", absent=AddressNotFound),
            now=timezone.now(),
            origin=origin_of(request),
        )
        return ApiAnswer({"canceled": [str(one.pk) for one in canceled]})
