"""`manage.py replay_market DIR`: a recorded session of another exchange through everything of ours.

Here and not in `exchange`, because it also finds or starts what the replay needs: servers and an engine.
"""

import os
import secrets
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.children import ChildProcess
from config.embedded.errors import ServerError
from config.embedded.temporary import temporary_servers
from config.supervisor import stop_all
from exchange.replay.comparison import Comparison
from exchange.replay.courier import NoAnswer
from exchange.replay.recording import Recording, RecordingError, read_recording
from exchange.replay.run import Outcome, command_count, replay, verdict
from exchange.replay.stage import Stage, StageError, await_stage, is_led, set_stage

_URLS = ("DATABASE_URL", "REDIS_URL")
_REDIS_TIMEOUT_S = 30  # a replay that cannot know whether its command was taken is over, so it is patient


class Command(BaseCommand):
    help = "Replay a recorded level-3 session as orders and cancels; compare every match and the final book."
    requires_system_checks = ()  # without servers, this command provides them first

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the three recorded files lie")
        parser.add_argument("--shard", type=int, default=0, help="an engine is started if none leads it")

    def handle(self, *, folder: Path, shard: int, **options: Any) -> None:
        try:
            recording = read_recording(folder)
            if _servers_answer():
                self._replay(recording, shard)
            else:
                self._replay_alone(folder, shard)
        except (RecordingError, ServerError, StageError, NoAnswer, redis.RedisError) as error:
            raise CommandError(str(error)) from error

    def _replay(self, recording: Recording, shard: int) -> None:
        if not settings.DEMO:
            raise CommandError("The replay needs play money, which exists in demo mode only: BALLAST_DEMO=1.")
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=_REDIS_TIMEOUT_S)
        with _engine(shard), _bar(command_count(recording), len(recording.matches)) as progress:
            stage = set_stage(shard=shard)
            await_stage(stage)
            outcome = replay(recording, stage, client, progress=progress)
        self._tell(recording, stage, outcome)

    def _tell(self, recording: Recording, stage: Stage, outcome: Outcome) -> None:
        comparisons = verdict(recording, stage, outcome)
        self.stdout.write(
            f"{stage.market}: {len(recording.opening)} opening orders, then "
            f"{len(recording.instructions)} orders and cancels"
        )
        for comparison in comparisons:
            self._tell_one(comparison)
        self.stdout.write(
            f"{outcome.commands_per_second} orders per second to the committed reply "
            f"({outcome.commands} in {outcome.seconds:.1f} s)"
        )
        if any(comparison.differences for comparison in comparisons):
            raise CommandError("This is not the session that was recorded.")

    def _tell_one(self, comparison: Comparison) -> None:
        self.stdout.write(comparison.summary)
        for difference in comparison.differences:
            self.stdout.write(f"  {difference}")

    def _replay_alone(self, folder: Path, shard: int) -> None:
        """Nothing runs and nothing is named: the same command again, with servers of its own."""
        if named := [name for name in _URLS if os.environ.get(name)]:
            raise CommandError(f"No answer from the servers that {' and '.join(named)} names.")
        self.stderr.write("No servers are running: starting a PostgreSQL and a Valkey for the replay.")
        with temporary_servers("ballast-replay-") as servers:
            env = {
                **os.environ,
                "DATABASE_URL": servers.database_url,
                "REDIS_URL": servers.redis_url,
                "BALLAST_DEMO": "1",
                "SECRET_KEY": secrets.token_urlsafe(48),
            }
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
            subprocess.run([*manage, "migrate", "--verbosity", "0"], env=env, check=True)
            again = [*manage, "replay_market", str(folder), "--shard", str(shard)]
            exit_code = subprocess.run(again, env=env, check=False).returncode
        sys.exit(exit_code)


def _servers_answer() -> bool:
    try:
        connection.ensure_connection()
        return bool(redis.Redis.from_url(settings.REDIS_URL).ping())
    except (OperationalError, redis.ConnectionError):
        return False


@contextmanager
def _engine(shard: int) -> Iterator[None]:
    """An engine of our own for the time of the replay, if nobody leads the shard."""
    if is_led(shard=shard):
        yield
        return
    child = ChildProcess(
        "engine",
        f"{sys.executable} manage.py run_engine --shard {shard}",
        log=Path(os.devnull),
        env=os.environ,
        cwd=settings.BASE_DIR,
    )
    child.start()
    try:
        yield
    finally:
        stop_all([child])


@contextmanager
def _bar(commands: int, matches: int) -> Iterator[Any]:
    """Where the replay is, on stderr: it leaves nothing behind, and nothing at all outside a terminal."""
    columns = (
        TextColumn("replaying"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[matches]} of " + f"{matches} matches"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=commands, matches=0)

        def advance(done: int, matches: int) -> None:
            progress.update(task, completed=done, matches=matches)

        yield advance
