"""What one can listen to and ask for over a socket: one's own vaults, with the deeds of the API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from access.errors import InvalidType, OutOfRange
from access.fields import Schema, StrictField
from access.http import Scope
from access.key_errors import Forbidden
from access.parsing import INT64_MAX, parse_uuid
from access.serializers import StrictSerializer
from access.services import Origin
from access.sockets.channels import (
    Channel,
    SocketOperation,
    Values,
    register_channel,
    register_operation,
)
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from access.threads import in_thread
from vaults.api.forms import (
    CloseForm,
    IdempotencyKeyField,
    MintForm,
    OpenForm,
    PsbtField,
    RepayForm,
    SaveForm,
    TakeForm,
)
from vaults.api.vaults import OPEN_COST
from vaults.asking import (
    Asker,
    ask_cancel,
    ask_close,
    ask_mint,
    ask_open,
    ask_repay,
    ask_save,
    ask_sign,
    ask_withdraw,
)
from vaults.errors import VaultNotFound, VaultWithdrawalNotFound
from vaults.feed import VaultsSubscription, vaults_feed
from vaults.rendering import Shown

Queued = Callable[[], None]
Deed = Callable[[Asker, UUID, Values], Shown]


class VaultIdField(StrictField):
    """What cannot be one is answered like one that is not there."""

    absent: type[VaultNotFound | VaultWithdrawalNotFound] = VaultNotFound

    def parse(self, value: object) -> UUID:
        if type(value) is not str:
            raise InvalidType("The value must be a string.")
        return parse_uuid(value, absent=self.absent)


class WithdrawalIdField(VaultIdField):
    absent = VaultWithdrawalNotFound


class VersionsField(StrictField):
    """The version that is known of each vault: {"VAULT": 3}."""

    def parse(self, value: object) -> dict[UUID, int]:
        if type(value) is not dict:
            raise InvalidType("The value must be an object.")
        versions: dict[UUID, int] = {}
        for vault, version in value.items():
            if type(version) is not int:
                raise InvalidType("A version is an integer.")
            if not 0 <= version <= INT64_MAX:
                raise OutOfRange
            versions[parse_uuid(vault, absent=VaultNotFound)] = version
        return versions

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": "integer"}}


class VaultsForm(StrictSerializer):
    since = VersionsField(required=False)


class SocketOpenForm(OpenForm):
    idempotency_key = IdempotencyKeyField()


class SocketMintForm(MintForm):
    idempotency_key = IdempotencyKeyField()
    vault_id = VaultIdField()


class SocketRepayForm(RepayForm):
    idempotency_key = IdempotencyKeyField()
    vault_id = VaultIdField()


class SocketSaveForm(SaveForm):
    idempotency_key = IdempotencyKeyField()
    vault_id = VaultIdField()


class SocketTakeForm(TakeForm):
    idempotency_key = IdempotencyKeyField()
    vault_id = VaultIdField()


class SocketCloseForm(CloseForm):
    idempotency_key = IdempotencyKeyField()
    vault_id = VaultIdField()


class SocketCancelForm(StrictSerializer):
    vault_id = VaultIdField()
    withdrawal_id = WithdrawalIdField()


class SocketSignForm(SocketCancelForm):
    psbt = PsbtField()


def _origin(connection: Connection) -> Origin:
    assert connection.identity is not None
    caller, head = connection.identity.caller, connection.head
    agent = head.headers.get("user-agent", "")[:256]
    return Origin(caller.user_id, caller.key_id or None, caller.ip, agent, connection.connection_id)


def _asker(connection: Connection, values: Values) -> Asker:
    return Asker(connection.account, values["idempotency_key"], _origin(connection))


async def _open(connection: Connection, values: Values, queued: Queued) -> object:
    queued()
    return await in_thread(ask_open, _asker(connection, values), values)


def _deed(deed: Deed) -> Callable[[Connection, Values, Queued], Any]:
    async def run(connection: Connection, values: Values, queued: Queued) -> object:
        return await in_thread(deed, _asker(connection, values), values["vault_id"], values)

    return run


async def _save(connection: Connection, values: Values, queued: Queued) -> object:
    if values["deposit"] is not None and not connection.may(Scope.WITHDRAW):
        raise Forbidden("The key lacks the scope withdraw.", scope=str(Scope.WITHDRAW))
    return await in_thread(ask_save, _asker(connection, values), values["vault_id"], values)


async def _sign(connection: Connection, values: Values, queued: Queued) -> object:
    names = values["vault_id"], values["withdrawal_id"]
    return await in_thread(ask_sign, connection.account, *names, values["psbt"], _origin(connection))


async def _cancel(connection: Connection, values: Values, queued: Queued) -> object:
    names = values["vault_id"], values["withdrawal_id"]
    return await in_thread(ask_cancel, connection.account, *names, _origin(connection))


async def _vaults(connection: Connection, values: Values) -> Subscription:
    return VaultsSubscription(connection.outbox, vaults_feed(), connection.account, values["since"])


def register_channels() -> None:
    register_channel(Channel("vaults", VaultsForm, Scope.READ, lambda _: "", _vaults))


def register_operations() -> None:
    register_operation(SocketOperation("vault.open", SocketOpenForm, Scope.TRADE, _open, OPEN_COST))
    for name, form, scope, run in (
        ("vault.mint", SocketMintForm, Scope.TRADE, _deed(ask_mint)),
        ("vault.repay", SocketRepayForm, Scope.TRADE, _deed(ask_repay)),
        ("vault.save", SocketSaveForm, Scope.TRADE, _save),
        ("vault.withdraw", SocketTakeForm, Scope.WITHDRAW, _deed(ask_withdraw)),
        ("vault.close", SocketCloseForm, Scope.WITHDRAW, _deed(ask_close)),
        ("vault.sign", SocketSignForm, Scope.WITHDRAW, _sign),
        ("vault.cancel", SocketCancelForm, Scope.WITHDRAW, _cancel),
    ):
        register_operation(SocketOperation(name, form, scope, run, 1))
