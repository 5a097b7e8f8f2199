"""Types of the API: what answers about notices are made of. Generated: do not edit."""

from ballast_sdk.models.base import Form, Model


class NewWebhook(Model, frozen=True, kw_only=True):
    """is_enabled: A test that is answered switches it on again.
    failures: In a row.
    last_error: Empty where the last one was taken.
    secret: Signs what is sent, by the Standard Webhooks. Shown once.
    """

    webhook_id: str
    url: str
    label: str
    is_enabled: bool
    failures: int
    last_error: str
    created_at_ms: int
    last_tried_at_ms: int | None
    last_success_at_ms: int | None
    secret: str


class NoticeChoice(Model, frozen=True, kw_only=True):
    kind: str
    about: str
    by_email: bool
    by_webhook: bool


class NoticeChoiceForm(Form, frozen=True, kw_only=True):
    kind: str
    by_email: bool
    by_webhook: bool


class AccountNotice(Model, frozen=True, kw_only=True):
    """data: The same for programs; what is in it depends on the kind."""

    notice_id: str
    kind: str
    text: str
    data: dict[str, object]
    created_at_ms: int
    read_at_ms: int | None


class NoticeSettings(Model, frozen=True, kw_only=True):
    """email: Where mails go; empty: nowhere."""

    email: str
    choices: list[NoticeChoice]


class Notices(Model, frozen=True, kw_only=True):
    notices: list[AccountNotice]
    next_cursor: str | None


class Webhook(Model, frozen=True, kw_only=True):
    """is_enabled: A test that is answered switches it on again.
    failures: In a row.
    last_error: Empty where the last one was taken.
    """

    webhook_id: str
    url: str
    label: str
    is_enabled: bool
    failures: int
    last_error: str
    created_at_ms: int
    last_tried_at_ms: int | None
    last_success_at_ms: int | None
