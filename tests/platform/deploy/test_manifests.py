"""What platforms read (app.json, railway.json, Dockerfile) says what the process table and settings say."""

import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.processes import PROCESSES, SERVICES

ROOT = Path(settings.BASE_DIR)
NAMES = {process.name for process in PROCESSES}
OF_HEROKU = {"DISABLE_COLLECTSTATIC"}
ROWS = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE)
EXPLAINED = {name for row in ROWS for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
RAILWAY = ("railway.json", "railway.all.json")


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / name).read_text())
    return found


def test_heroku_gets_the_formation_of_two_and_nothing_that_is_not_in_the_table() -> None:
    formation = read("app.json")["formation"]
    assert set(formation) == {"web", "all"} <= NAMES
    assert all(one["quantity"] == 1 for one in formation.values())


def test_heroku_gets_a_database_and_a_redis_under_the_names_that_are_read() -> None:
    addons = {addon["as"]: addon["plan"] for addon in read("app.json")["addons"]}
    assert {f"{name}_URL" for name in addons} == {"DATABASE_URL", "REDIS_URL"}
    assert addons["DATABASE"].startswith("heroku-postgresql:")
    assert addons["REDIS"].startswith("heroku-redis:")


def test_every_variable_of_heroku_is_a_setting_that_is_explained() -> None:
    variables = read("app.json")["env"]
    assert set(variables) - OF_HEROKU <= EXPLAINED
    assert all(variable["description"] for variable in variables.values())


def test_no_secret_has_a_value() -> None:
    variables = read("app.json")["env"]
    secret = {name for name in variables if name.endswith(("_KEY", "_TOKEN"))}
    assert secret == {"SECRET_KEY", "BALLAST_ENCRYPTION_KEY", "BALLAST_METRICS_TOKEN"}
    assert all(variables[name].get("generator") == "secret" for name in secret)
    assert not any("value" in variables[name] for name in secret)


@pytest.mark.parametrize("name", RAILWAY)
def test_railway_runs_lines_of_the_table_and_starts_again_what_ends(name: str) -> None:
    deploy = read(name)["deploy"]
    commands = [deploy["startCommand"], *deploy.get("preDeployCommand", [])]
    assert {command.removeprefix("bin/line ") for command in commands} <= NAMES
    assert deploy["restartPolicyType"] == "ALWAYS"
    assert deploy["drainingSeconds"] > 10
    assert (ROOT / read(name)["build"]["dockerfilePath"]).exists()


def test_railway_releases_before_web_alone_and_asks_web_alone() -> None:
    web, rest = (read(name)["deploy"] for name in RAILWAY)
    assert web["preDeployCommand"] == ["bin/line release"]
    assert web["healthcheckPath"] == "/healthz/live"
    assert (web["startCommand"], rest["startCommand"]) == ("bin/line web", "bin/line all")
    assert not {"preDeployCommand", "healthcheckPath"} & set(rest)


def test_the_image_runs_any_line_as_nobody_and_has_no_secret_in_it() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER \d+$", text, re.MULTILINE)
    assert 'ENTRYPOINT ["/app/bin/line"]' in text
    assert 'CMD ["web"]' in text
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", ".state", ".env*"} <= set(left_out)


def test_every_platform_has_the_python_that_is_tested() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert f"FROM python:{version}-" in (ROOT / "Dockerfile").read_text()
    assert f">={version}" in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("process", SERVICES, ids=lambda process: process.name)
def test_the_documents_name_every_line(process: Any) -> None:
    assert f"`{process.name}`" in (ROOT / "docs" / "deploy.md").read_text()


def line(*words: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "bin" / "line"
    assert script.stat().st_mode & stat.S_IXUSR
    return subprocess.run([script, *words], capture_output=True, text=True, cwd="/", timeout=30)


@pytest.mark.parametrize("words", [[], [""], ["nothing"], [".*"], ["web; true"]])
def test_a_line_that_is_none_is_refused(words: list[str]) -> None:
    done = line(*words)
    assert done.returncode == 64
    assert "release web engine" in done.stderr
