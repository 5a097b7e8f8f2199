"""What a client may send about notices and webhooks, and what it is answered."""

from typing import Any

from rest_framework import serializers

from access.errors import InvalidType, MissingField, NotFound
from access.fields import BooleanField, Schema, StrictField, TextField
from access.notices.errors import WebhookUrlForbidden
from access.notices.targets import MAX_URL
from access.pagination import MAX_LIMIT, PageQuery
from access.parsing import parse_number
from access.serializers import ListField, StrictSerializer

MAX_CHOICES = 50


class UrlField(StrictField):
    """What may stand in it is `read_target`'s to say."""

    def parse(self, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidType("The value must be a string.")
        if not 1 <= len(value) <= MAX_URL:
            raise WebhookUrlForbidden(f"The URL must have 1 to {MAX_URL} characters.")
        return value

    def schema(self) -> Schema:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_URL,
            "examples": ["https://hooks.example.com/ballast"],
        }


class NumberField(StrictField):
    """A row's number as the lists show it: in a string."""

    def parse(self, value: object) -> int:
        if not isinstance(value, str):
            raise InvalidType("A number of a notice is a string.")
        return parse_number(value, field="", absent=NotFound)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["17"]}


class NoticesQuery(PageQuery):
    unread = BooleanField(default=False, help_text="Only those that were not marked as read.")


class ReadNoticesForm(StrictSerializer):
    """`ids` are notices by their numbers; `up_to` means it and all that are older."""

    ids = ListField(NumberField(), minimum=0, maximum=MAX_LIMIT, default=())
    up_to = NumberField(default=None, allow_null=True)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        if not values["ids"] and values["up_to"] is None:
            raise MissingField("Say which: ids, or up_to.", field="ids")


class NoticeChoiceForm(StrictSerializer):
    kind = TextField(minimum=1, maximum=40)
    by_email = BooleanField()
    by_webhook = BooleanField()


class NoticeChoicesForm(StrictSerializer):
    """Kinds that are not named stay as they are."""

    choices = ListField(NoticeChoiceForm, maximum=MAX_CHOICES)


class NewWebhookForm(StrictSerializer):
    url = UrlField()
    label = TextField(default="")  # type: ignore[assignment]  # fields are taken out of the class


class NoticeDocument(serializers.Serializer[Any]):
    notice_id = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    data = serializers.DictField(help_text="The same for programs; what is in it depends on the kind.")  # type: ignore[assignment]
    created_at_ms = serializers.IntegerField()
    read_at_ms = serializers.IntegerField(allow_null=True)


class NoticesDocument(serializers.Serializer[Any]):
    notices = NoticeDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class MarkedNoticesDocument(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text="How many had been unread.")


class NoticeChoiceDocument(serializers.Serializer[Any]):
    kind = serializers.CharField()
    about = serializers.CharField()
    by_email = serializers.BooleanField()
    by_webhook = serializers.BooleanField()


class NoticeSettingsDocument(serializers.Serializer[Any]):
    email = serializers.CharField(help_text="Where mails go; empty: nowhere.")
    choices = NoticeChoiceDocument(many=True)


class WebhookDocument(serializers.Serializer[Any]):
    webhook_id = serializers.CharField()
    url = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_enabled = serializers.BooleanField(help_text="A test that is answered switches it on again.")
    failures = serializers.IntegerField(help_text="In a row.")
    last_error = serializers.CharField(help_text="Empty where the last one was taken.")
    created_at_ms = serializers.IntegerField()
    last_tried_at_ms = serializers.IntegerField(allow_null=True)
    last_success_at_ms = serializers.IntegerField(allow_null=True)


class WebhooksDocument(serializers.Serializer[Any]):
    webhooks = WebhookDocument(many=True)


class NewWebhookDocument(WebhookDocument):
    secret = serializers.CharField(help_text="Signs what is sent, by the Standard Webhooks. Shown once.")


class WebhookTestDocument(serializers.Serializer[Any]):
    __test__ = False

    notice_id = serializers.CharField(help_text="The header webhook-id is notice_ and this.")
