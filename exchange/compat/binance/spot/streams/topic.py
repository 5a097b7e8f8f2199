"""One stream: whoever listens to it gets the same bytes, plain or wrapped with the name that he asked for."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from access.sockets.frames import Frame, framed
from access.sockets.outbox import Outbox, Subscription

Content = object
Look = Callable[[], Content | None]


class Holder(Protocol):
    """The connection's side: whether its frames are wrapped."""

    combined: bool


class Event:
    """What a stream tells once. Its frames are made when the first listener needs them."""

    __slots__ = ("_frames", "_payload")

    def __init__(self, content: Content) -> None:
        self._payload = msgspec.json.encode(content)
        self._frames: dict[str, Frame] = {}

    def frame(self, name: str) -> Frame:
        """Wrapped with this name, of which a stream has few; "": plain."""
        found = self._frames.get(name)
        if found is None:
            data = self._payload
            if name:
                data = b'{"stream":%b,"data":%b}' % (msgspec.json.encode(name), data)
            found = self._frames[name] = framed(data)
        return found


class StreamTopic:
    """`conflates`: what is told says how things are, so a slow reader may miss all but the latest. Else every
    event counts. `look` is asked what there is where somebody comes and nothing was told yet."""

    def __init__(self, name: str, *, conflates: bool, look: Look | None = None) -> None:
        self.name = name
        self.conflates = conflates
        self.listeners: dict[StreamSubscription, None] = {}
        self._look = look
        self._latest: Event | None = None

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self.listeners)

    def publish(self, content: Content, *, is_final: bool = False) -> None:
        """`is_final`: nobody may miss it, though the stream conflates."""
        event = Event(content)
        self._latest = event
        for subscription in self.listeners:
            subscription.tell(event, is_final=is_final)

    def forget(self) -> None:
        """What was told last holds no more."""
        self._latest = None

    def join(self, subscription: "StreamSubscription") -> None:
        self.listeners[subscription] = None
        self.tell_latest(subscription)

    def tell_latest(self, subscription: "StreamSubscription") -> None:
        if self._latest is None and self._look is not None:
            content = self._look()
            self._latest = None if content is None else Event(content)
        if self._latest is not None:
            subscription.tell(self._latest)

    def leave(self, subscription: "StreamSubscription") -> None:
        self.listeners.pop(subscription, None)

    def give_up(self) -> None:
        """What came in between is lost: whoever listens must begin anew, and his connection ends."""
        for subscription in list(self.listeners):
            subscription.outbox.give_up()


class StreamSubscription(Subscription):
    """`name`: what the client called the stream, where it has more names than its own."""

    def __init__(self, outbox: Outbox, topic: StreamTopic, holder: Holder, name: str = "") -> None:
        super().__init__(outbox)
        self.conflates = topic.conflates
        self._name = name or topic.name
        self._topic = topic
        self._holder = holder

    def tell(self, event: Event, *, is_final: bool = False) -> None:
        frame = event.frame(self._name if self._holder.combined else "")
        if is_final:
            self.outbox.put(frame)
        else:
            self.send(frame)

    def begin(self) -> None:
        self._topic.join(self)

    def refresh(self) -> None:
        self._topic.tell_latest(self)

    def close(self) -> None:
        self._topic.leave(self)
