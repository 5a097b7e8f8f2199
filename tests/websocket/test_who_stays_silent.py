"""Who says nothing, not even that he is there, is put out. Among the last, so that nobody waits for it."""

import time

from tests.websocket.raw import Mute, drained


def test_who_does_not_answer_pings_is_closed_within_thirty_seconds(mute: Mute) -> None:
    mute.wire.settimeout(30)
    assert b"keepalive" in drained(mute.wire)
    assert time.monotonic() - mute.since < 30 or drained(mute.wire) == b""
