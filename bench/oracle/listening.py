"""Hears every price that is told over Redis, and when."""

import threading
import time

from redis import Redis

from oracle.rules.encoding import decode_view

PRICES_CHANNEL = "oracle:prices"


class Listener:
    """From `begin` on; `heard` is the times by the numbers of the rounds."""

    def __init__(self, redis_url: str) -> None:
        self.heard: dict[int, int] = {}
        self._subscription = Redis.from_url(redis_url).pubsub(  # type: ignore[no-untyped-call]
            ignore_subscribe_messages=True
        )
        self._subscription.subscribe(PRICES_CHANNEL)
        self._subscription.get_message(timeout=5)
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._is_over:
            message = self._subscription.get_message(timeout=0.2)
            if message is not None:
                now_ns = time.time_ns()
                self.heard.setdefault(decode_view(message["data"]).round_id, now_ns)

    def end(self) -> dict[int, int]:
        time.sleep(0.5)  # what is still on its way
        self._is_over = True
        self._thread.join()
        return self.heard
