"""Whoever listens to one thing. What is published is encoded already: all get the same bytes."""

from access.sockets.frames import Frame
from access.sockets.outbox import Subscription


class Topic:
    def __init__(self) -> None:
        self.listeners: dict[Subscription, None] = {}

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self.listeners)

    def join(self, subscription: Subscription) -> None:
        self.listeners[subscription] = None

    def leave(self, subscription: Subscription) -> None:
        self.listeners.pop(subscription, None)

    def publish(self, frame: Frame) -> None:
        for subscription in self.listeners:
            subscription.send(frame)
