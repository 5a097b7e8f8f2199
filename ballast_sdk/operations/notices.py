"""Operations about notices. Generated: do not edit."""

from collections.abc import Iterator, Sequence

from ballast_sdk.calls import Call, Repeat, given, segment
from ballast_sdk.models.notices import (
    AccountNotice,
    NewWebhook,
    NoticeChoiceForm,
    Notices,
    NoticeSettings,
    Webhook,
)
from ballast_sdk.pages import rows_of
from ballast_sdk.sending import Group


class NoticesApi(Group):
    """What one is told, and by which channel."""

    def settings(self) -> NoticeSettings:
        """What I am told by which channel."""
        return self._send(
            Call[NoticeSettings](
                "GET", "/api/v1/notice-settings", {200: NoticeSettings}, repeat=Repeat.ALWAYS
            )
        )

    def choose(self, choices: Sequence[NoticeChoiceForm]) -> NoticeSettings:
        """Choose what I am told by which channel.

        Of the kinds that are named. The list of notices has all of them always.
        """
        return self._send(
            Call[NoticeSettings](
                "PUT",
                "/api/v1/notice-settings",
                {200: NoticeSettings},
                body=given(choices=choices),
                repeat=Repeat.ALWAYS,
            )
        )

    def find(self, *, unread: bool | None = None, page_size: int | None = None) -> Iterator[AccountNotice]:
        """My notices.

        Newest first. All that was told stands here, whatever became of mails and webhooks.

        unread: Only those that were not marked as read.
        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.find_page(unread=unread, cursor=cursor, limit=page_size),
            lambda page: page.notices,
        )

    def find_page(
        self, *, cursor: str | None = None, limit: int | None = None, unread: bool | None = None
    ) -> Notices:
        """My notices. One page.

        limit: 50 if left out.
        unread: Only those that were not marked as read.
        """
        return self._send(
            Call[Notices](
                "GET",
                "/api/v1/notices",
                {200: Notices},
                query=given(cursor=cursor, limit=limit, unread=unread),
                repeat=Repeat.ALWAYS,
            )
        )

    def mark_read(self, *, ids: Sequence[str] | None = None, up_to: str | None = None) -> int:
        """Mark notices as read.

        Those that are named, or one and all older ones. What is not yours is passed over.
        """
        return self._send(
            Call[int](
                "POST", "/api/v1/notices/read", {200: int}, member="marked", body=given(ids=ids, up_to=up_to)
            )
        )

    def webhooks(self) -> list[Webhook]:
        """My webhooks."""
        return self._send(
            Call[list[Webhook]](
                "GET", "/api/v1/webhooks", {200: list[Webhook]}, member="webhooks", repeat=Repeat.ALWAYS
            )
        )

    def create_webhook(self, *, url: str, label: str | None = None) -> NewWebhook:
        """Have notices sent to a URL.

        Only from a login: a webhook would outlive the key that made it. HTTPS at port 443 of a public
        address; at most five. What is sent is signed with the secret, by the Standard Webhooks.
        """
        return self._send(
            Call[NewWebhook]("POST", "/api/v1/webhooks", {201: NewWebhook}, body=given(url=url, label=label))
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook.

        A key that only reads does not do it: it would silence what its owner is told.
        """
        return self._send(Call[None]("DELETE", f"/api/v1/webhooks/{segment(webhook_id)}", {204: None}))

    def test_webhook(self, webhook_id: str) -> str:
        """Try a webhook.

        Sends one notice there within seconds, and does not repeat it. The list of webhooks says what became
        of it. An answer to it switches on again what was switched off.
        """
        return self._send(
            Call[str]("POST", f"/api/v1/webhooks/{segment(webhook_id)}/test", {202: str}, member="notice_id")
        )
