"""The API of the second factor: set up, replaced and removed from a login alone, as API keys are made."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.fields import TextField
from access.http import ApiAnswer, Scope, StrictAPIView, admitted, operation
from access.operators import tell_of_factor
from access.second_factor.enrolling import begin_enrolment, confirm_enrolment, remove_second_factor
from access.second_factor.state import second_factor_state
from access.serializers import StrictSerializer
from access.services import origin_of


class SecondFactorAnswer(serializers.Serializer[Any]):
    is_enabled = serializers.BooleanField()
    enabled_at_ms = serializers.IntegerField(allow_null=True)
    recovery_codes_left = serializers.IntegerField()
    locked_until_ms = serializers.IntegerField(allow_null=True, help_text="After wrong codes in a row.")
    pending_until_ms = serializers.IntegerField(allow_null=True, help_text="While one is being set up.")


class BeginBody(StrictSerializer):
    code = TextField(default="", help_text="Of the one in force, or a recovery code; where there is one.")


class CodeBody(StrictSerializer):
    code = TextField(minimum=1)


class EnrolmentAnswer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Base32, for typing. Shown once.")
    uri = serializers.CharField(help_text="otpauth://, for a QR code. Shown once.")
    until_ms = serializers.IntegerField(help_text="Until when its first code is waited for.")


class RecoveryCodesAnswer(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(child=serializers.CharField(), help_text="Shown once.")


class SecondFactorView(StrictAPIView):
    @operation(scope=Scope.READ, summary="My second factor", answers={200: SecondFactorAnswer}, tags=["keys"])
    def get(self, request: Request) -> ApiAnswer:
        user_id = admitted(request).caller.user_id
        state = second_factor_state(user_id=user_id, now=timezone.now())
        return ApiAnswer(
            {
                "is_enabled": state.since is not None,
                "enabled_at_ms": _milliseconds(state.since),
                "recovery_codes_left": state.recovery_codes,
                "locked_until_ms": _milliseconds(state.locked_until),
                "pending_until_ms": _milliseconds(state.pending_until),
            }
        )

    @operation(
        scope=None,
        session_only=True,
        summary="Set up a second factor",
        body=BeginBody,
        answers={201: EnrolmentAnswer},
        tags=["keys"],
    )
    def post(self, request: Request) -> ApiAnswer:
        """Gives a secret, which counts from its first code on. One that is in force stays until then, and its
        code is needed. Withdrawals are held for a day after the change."""
        wanted = admitted(request)
        begun = begin_enrolment(
            user_id=wanted.caller.user_id,
            code=wanted.body["code"],
            now=timezone.now(),
            origin=origin_of(wanted),
        )
        return ApiAnswer(
            {"secret": begun.secret, "uri": begun.uri, "until_ms": _milliseconds(begun.until)}, status=201
        )


class ConfirmView(StrictAPIView):
    @operation(
        scope=None,
        session_only=True,
        summary="Put the second factor in force",
        body=CodeBody,
        answers={200: RecoveryCodesAnswer},
        tags=["keys"],
    )
    def post(self, request: Request) -> ApiAnswer:
        """By a first code. Each recovery code removes or replaces it once; none withdraws."""
        wanted = admitted(request)
        caller, now = wanted.caller, timezone.now()
        codes = confirm_enrolment(
            user_id=caller.user_id, code=wanted.body["code"], now=now, origin=origin_of(wanted)
        )
        tell_of_factor(caller.user_id, "set up", ip=caller.ip, now=now)
        return ApiAnswer({"recovery_codes": codes})


class RemovalView(StrictAPIView):
    @operation(
        scope=None,
        session_only=True,
        summary="Remove the second factor",
        body=CodeBody,
        answers={204: None},
        tags=["keys"],
    )
    def post(self, request: Request) -> Response:
        """With a code, or a recovery code. Nothing is withdrawn without a second factor."""
        wanted = admitted(request)
        caller, now = wanted.caller, timezone.now()
        remove_second_factor(
            user_id=caller.user_id, code=wanted.body["code"], now=now, origin=origin_of(wanted)
        )
        tell_of_factor(caller.user_id, "removed", ip=caller.ip, now=now)
        return Response(status=204)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * 1000
