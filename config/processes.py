"""The process table: what a deployment runs. The Procfile is its copy, and a test holds the two equal."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_SHARDS = 64  # an order's id has six bits for its shard
PUSH = "push"
BOTS = "BALLAST_BOTS"
CUSTODY = "BALLAST_CUSTODY"
DEV_CHAIN = "BALLAST_DEV_CHAIN"
OWN_SIGNER = "BALLAST_OWN_SIGNER"
OWN_BACKUP = "BALLAST_OWN_BACKUP"


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: str
    about: str
    count: int = 1
    mode: str = ""  # runs only where BALLAST_ORACLE_MODE says so
    switch: str = ""  # runs only where this variable is on
    beats: bool = True  # says in Redis that it lives; signers know nothing of the house's servers


def _process(
    name: str, command: str, about: str, *, mode: str = "", switch: str = "", beats: bool = True
) -> Process:
    # The name reaches the settings: it stands in each log line and gives web its statement timeout.
    line = f"env BALLAST_PROCESS={name} {command}"
    return Process(name, line, about, mode=mode, switch=switch, beats=beats)


def is_on(value: str) -> bool:
    """Of a variable that is a switch."""
    return value.lower() in ("1", "true", "yes", "on")


RELEASE = _process("release", "python manage.py release", "brings the database up to date, once per deploy")

SERVICES = (
    _process(
        "web",
        "uvicorn config.asgi:application --host ${BALLAST_HOST:-0.0.0.0} --port $PORT"
        " --http access.guard:GuardedHttp --ws access.sockets.guard:GuardedSocket --no-proxy-headers"
        " --no-access-log --no-server-header --timeout-graceful-shutdown 3"
        # One process to a line, also where a platform sets WEB_CONCURRENCY. A router that keeps connections
        # must be the one who ends them, or a request that meets our end of it has an unknown outcome.
        " --workers 1 --timeout-keep-alive ${BALLAST_KEEP_ALIVE_SECONDS:-5}",
        "API, admin and API documents; any number",
    ),
    _process(
        "engine",
        "python manage.py run_engine --shard any",
        "the matching engine; one leads each shard, others stand by",
    ),
    _process(
        "worker",
        "celery --quiet --app config.celery worker --pool threads --concurrency 4 --loglevel info"
        " --without-gossip --without-mingle",
        "background tasks; any number",
    ),
    # The schedule is code and its tasks scan for what is due, so beat needs no file that a crash could spoil.
    _process(
        "beat",
        "celery --quiet --app config.celery beat --scheduler config.celery_steps.BeatScheduler --pidfile="
        " --loglevel info",
        "starts the tasks of the schedule; exactly one",
    ),
    _process(
        "prices",
        "python manage.py run_prices",
        "listens to price feeds; one, and only with BALLAST_ORACLE_MODE=push",
        mode=PUSH,
    ),
    _process(
        "bots",
        "python manage.py run_bots",
        "copy an outside market into one of ours; one, and only with BALLAST_BOTS=1",
        switch=BOTS,
    ),
    _process(
        "chain",
        "python manage.py run_chain",
        "a bitcoin chain for development; one, and only with BALLAST_DEV_CHAIN=1",
        switch=DEV_CHAIN,
    ),
    _process(
        "watcher",
        "python manage.py run_watcher",
        "watches the bitcoin chain; one, and only with BALLAST_CUSTODY=1",
        switch=CUSTODY,
    ),
    _process(
        "signer",
        "python -m custody.cosigner",
        "signs with the house's bitcoin keys; one, and only with BALLAST_OWN_SIGNER=1",
        switch=OWN_SIGNER,
        beats=False,
    ),
    _process(
        "backup",
        "python -m custody.cosigner",
        "signs as the backup, which another party should run; one, and only with BALLAST_OWN_BACKUP=1",
        switch=OWN_BACKUP,
        beats=False,
    ),
)

# In place of the lines of engine, worker, beat and the others: with web that makes two machines.
ALL_BUT_WEB = _process(
    "all",
    "python manage.py run_all",
    "every other line but web under one supervisor; one, and then none of those lines on its own",
)

PROCESSES = (RELEASE, *SERVICES, ALL_BUT_WEB)


def count_of(process: Process, environment: Mapping[str, str]) -> int:
    """One engine for each shard; of what belongs to a mode none in another, of what is off none.

    Raises ValueError for a number of shards that is none.
    """
    if process.mode not in ("", environment.get("BALLAST_ORACLE_MODE", "")):
        return 0
    if process.switch and not is_on(environment.get(process.switch, "")):
        return 0
    if process.name != "engine":
        return process.count
    text = environment.get("BALLAST_SHARDS") or "1"
    if not text.isdecimal() or not 1 <= int(text) <= MAX_SHARDS:
        raise ValueError(f"BALLAST_SHARDS is {text!r}; it is a number from 1 to {MAX_SHARDS}")
    return int(text)


def procfile() -> str:
    return "".join(f"{process.name}: {process.command}\n" for process in PROCESSES)
