"""A supervisor that listens: what stops beating is ended, operators' orders are obeyed, and how everything is
kept is told in Redis. It works on, by exit codes alone, while Redis is away.
"""

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from redis.exceptions import RedisError

from config.supervisor import Child, Ended, Restarted, Supervisor, Watched
from config.vigil import Vigil
from health.heartbeat import Heart, this_instance
from health.store import Seen, open_redis, say_goodbye, seen_processes
from health.supervised import Care, Kept, restart_orders, say_kept, say_nothing_is_kept

LOOK_SECONDS = 1.0
AWAY_SECONDS = 3.0  # between two looks at a Redis that does not answer: each may take its time-out
ORDERED = "was started again by an operator"


class Numbered(Child, Protocol):
    """A child that has a process id while it runs."""

    @property
    def pid(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Ward:
    """A child with its line of the process table, and whether it says in Redis that it lives."""

    child: Numbered
    line: str
    beats: bool = True


class Keeper:
    def __init__(
        self,
        wards: Sequence[Ward],
        *,
        redis_url: str,
        tell: Callable[[Ended | Restarted], None],
        clock: Callable[[], float],
        heart: Heart | None = None,
    ) -> None:
        """`heart`: of this process, which then beats at each look; a thread of its own would fork with us."""
        self.supervisor = Supervisor([ward.child for ward in wards], tell=tell, clock=clock)
        self._wards = wards
        self._clock = clock
        self._vigil = Vigil(clock)
        self._heart = heart
        self._redis = open_redis(url=redis_url)
        self._orders: Mapping[str, str] | None = None  # those that were there before are not ours
        self._look_at = float("-inf")

    def start(self) -> None:
        self.supervisor.start()

    def run_once(self) -> bool:
        """True when a child had ended or was started."""
        if self._clock() >= self._look_at:
            self._listen()
        return self.supervisor.run_once()

    def close(self) -> None:
        with suppress(RedisError, OSError):
            say_nothing_is_kept(self._redis, this_instance())
            if self._heart is not None:
                say_goodbye(self._redis, self._heart.process, self._heart.instance)
        self._redis.close()

    def _listen(self) -> None:
        try:
            seen = seen_processes(self._redis)
            self._obey(restart_orders(self._redis, sorted({ward.line for ward in self._wards})))
            say_kept(self._redis, this_instance(), self.kept())
            if self._heart is not None:
                self._heart.say(self._redis)
        except (RedisError, OSError, ValueError):
            self._vigil.hear_nothing()
            self.supervisor.is_counting = False
            self._look_at = self._clock() + AWAY_SECONDS
            return
        self.supervisor.is_counting = True
        self._end_hung(seen)
        self._look_at = self._clock() + LOOK_SECONDS

    def _end_hung(self, seen: Sequence[Seen]) -> None:
        running = {ward.child.name: ward for ward in self._wards if ward.beats and ward.child.poll() is None}
        pids = {name: ward.child.pid for name, ward in running.items()}
        for name, why in self._vigil.hear(pids, _by_pid(seen)).items():
            self.supervisor.end_hung(running[name].child, why)

    def _obey(self, orders: Mapping[str, str]) -> None:
        before, self._orders = self._orders, orders
        if before is None:
            return
        for ward in self._wards:
            order = orders.get(ward.line)
            if order is not None and order != before.get(ward.line):
                self.supervisor.restart(ward.child, ORDERED)

    def kept(self) -> list[Kept]:
        now = self._clock()
        return [
            _kept(ward.line, watched, now)
            for ward, watched in zip(self._wards, self.supervisor.watched, strict=True)
        ]


def _by_pid(seen: Sequence[Seen]) -> dict[int, Seen]:
    """Those of this machine: others have the same numbers."""
    here = f"{socket.gethostname()}:"
    found = {one.beat.instance.removeprefix(here): one for one in seen if one.beat.instance.startswith(here)}
    return {int(pid): one for pid, one in found.items() if pid.isdecimal()}


def _kept(line: str, watched: Watched, now: float) -> Kept:
    return Kept(
        name=watched.child.name,
        line=line,
        care=_care(watched),
        restarts=watched.restarts,
        lately=len(watched.ends),
        reason=watched.reason,
        ended_ago_ms=None if watched.ended_at is None else int((now - watched.ended_at) * 1000),
        again_in_ms=None if watched.due_at is None else max(0, int((watched.due_at - now) * 1000)),
    )


def _care(watched: Watched) -> Care:
    if watched.due_at is None:
        return Care.RECOVERING if watched.held else Care.RUNNING
    return Care.HELD if watched.held else Care.RESTARTING
