"""The process table, its copy in the Procfile, and what its lines lead to."""

import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from config.celery import app, broker_url
from config.processes import PROCESSES, SERVICES, procfile
from config.schedule import SCHEDULE, every

OURS = {
    name: app_name
    for name, app_name in get_commands().items()
    if app_name in ("config", "exchange", "oracle", "custody", "ledger", "access", "health")
}


def test_the_procfile_is_the_table() -> None:
    assert (settings.BASE_DIR / "Procfile").read_text() == procfile()


def test_every_process_is_named_once_and_told_its_name() -> None:
    names = [process.name for process in PROCESSES]
    assert len(set(names)) == len(names)
    assert all(f"BALLAST_PROCESS={process.name} " in process.command for process in PROCESSES)


def test_management_commands_of_the_table_exist() -> None:
    commands = [
        line.split("manage.py ")[1].split()[0] for line in procfile().splitlines() if "manage.py" in line
    ]
    assert set(commands) <= set(get_commands())


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_management_command_loads(name: str) -> None:
    assert load_command_class(OURS[name], name).help


def test_the_programs_of_the_table_are_installed() -> None:
    programs = {process.command.split()[2] for process in SERVICES}
    folder = Path(sys.executable).parent
    assert all((folder / program).exists() for program in programs)


def test_every_scheduled_task_exists_and_expires() -> None:
    app.loader.import_default_modules()
    for entry in SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]


def test_a_run_expires_when_the_next_is_due() -> None:
    assert every(2.0, "ledger.tasks.expire") == {
        "task": "ledger.tasks.expire",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    }


def test_celery_speaks_json_in_utc() -> None:
    assert app.conf.accept_content == ["json"]
    assert str(app.conf.timezone) == "UTC"


def test_the_broker_is_redis_also_over_a_unix_socket() -> None:
    assert broker_url("redis://host:6379/2") == "redis://host:6379/2"
    assert broker_url("unix:///run/valkey.sock?db=3") == "redis+socket:///run/valkey.sock?virtual_host=3"
    assert broker_url("unix:///run/valkey.sock") == "redis+socket:///run/valkey.sock?virtual_host=0"
