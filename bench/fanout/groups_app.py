"""The peer: a plain Channels consumer in a group, one `group_send` for each message."""

import os
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from bench.fanout.publishing import GROUP, channel_layer

if not settings.configured:
    settings.configure(
        CHANNEL_LAYERS={"default": channel_layer(os.environ["BENCH_WAY"], os.environ["REDIS_URL"])}
    )


class Listener(AsyncWebsocketConsumer):  # type: ignore[misc]
    channel_layer: Any

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def deliver(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/", Listener.as_asgi())])})
