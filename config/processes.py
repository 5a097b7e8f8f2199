"""The process table: what a deployment runs. The Procfile is its copy, and a test holds the two equal."""

from dataclasses import dataclass

PUSH = "push"
BOTS = "BALLAST_BOTS"


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: str
    about: str
    count: int = 1
    mode: str = ""  # runs only where BALLAST_ORACLE_MODE says so
    switch: str = ""  # runs only where this variable is on


def _process(name: str, command: str, about: str, *, mode: str = "", switch: str = "") -> Process:
    # The name reaches the settings: it stands in each log line and gives web its statement timeout.
    return Process(name, f"env BALLAST_PROCESS={name} {command}", about, mode=mode, switch=switch)


def is_on(value: str) -> bool:
    """Of a variable that is a switch."""
    return value.lower() in ("1", "true", "yes", "on")


RELEASE = _process("release", "python manage.py release", "brings the database up to date, once per deploy")

SERVICES = (
    _process(
        "web",
        "uvicorn config.asgi:application --host ${BALLAST_HOST:-0.0.0.0} --port $PORT"
        " --http access.guard:GuardedHttp --ws access.sockets.guard:GuardedSocket --no-proxy-headers"
        " --no-access-log --no-server-header --timeout-graceful-shutdown 3",
        "API, admin and API documents; any number",
    ),
    _process(
        "engine",
        "python manage.py run_engine --shard any",
        "the matching engine; one leads each shard, others stand by",
    ),
    _process(
        "worker",
        "celery --app config.celery worker --pool threads --concurrency 4 --loglevel info"
        " --without-gossip --without-mingle",
        "background tasks; any number",
    ),
    # The schedule is code and its tasks scan for what is due, so beat needs no file that a crash could spoil.
    _process(
        "beat",
        "celery --app config.celery beat --scheduler config.celery_steps.BeatScheduler --pidfile="
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
)

PROCESSES = (RELEASE, *SERVICES)


def procfile() -> str:
    return "".join(f"{process.name}: {process.command}\n" for process in PROCESSES)
