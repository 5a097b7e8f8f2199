"""Each test with the database begins with nothing told: tests over HTTP leave what they commit."""

import pytest

from access.models import Notice, NoticeChoice, NoticeDelivery, WebhookEndpoint


@pytest.fixture(autouse=True)
def _nothing_was_told(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        for model in (NoticeDelivery, Notice, NoticeChoice, WebhookEndpoint):
            model.objects.all().delete()
