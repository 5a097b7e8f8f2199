"""A real Prometheus of a test's own: started on a free port with a configuration, asked over HTTP, ended."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from config.children import spawn, tail
from tests.platform.processes import free_port
from tests.support.waiting import WAIT_S, wait_for

JOB = "ballast"
_ANSWERS_S = 10


class Sample(NamedTuple):
    labels: Mapping[str, str]
    value: float


class BadExpression(Exception):
    """Prometheus cannot evaluate it, and says why."""


class Prometheus:
    def __init__(self, url: str, log: Path) -> None:
        self._client = httpx.Client(base_url=url, timeout=_ANSWERS_S)
        self.log = log

    def query(self, expression: str) -> list[Sample]:
        """Of now: the samples of a vector, of a scalar its one. Raises BadExpression."""
        answer = self._client.get("/api/v1/query", params={"query": expression}).json()
        if answer["status"] != "success":
            raise BadExpression(f"{answer['error']}: {expression}")
        data = answer["data"]
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(one["metric"], float(one["value"][1])) for one in data["result"]]

    def value(self, expression: str) -> float | None:
        """Of its one sample, where there is one."""
        found = self.query(expression)
        assert len(found) <= 1, f"{expression} has {len(found)} samples"
        return found[0].value if found else None

    def alerts(self) -> list[dict[str, Any]]:
        """Those that are pending or fire, each with labels, annotations, state and value."""
        found: list[dict[str, Any]] = self._data("alerts")["alerts"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Of all groups, as they were evaluated last."""
        return [rule for group in self._data("rules")["groups"] for rule in group["rules"]]

    def names(self) -> set[str]:
        """Of every metric that it has ever scraped."""
        return set(self._data("label/__name__/values"))

    def reload(self) -> None:
        """Read configuration and rules anew."""
        assert self._client.post("/-/reload").status_code == 200, tail(self.log, 20)

    def is_ready(self) -> bool:
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def await_scrape(self, seconds: float = WAIT_S) -> None:
        """Until every target of the job has answered. Prometheus itself takes five seconds to begin."""
        try:
            wait_for("a scrape", lambda: self._ups() == {1.0}, seconds)
        except AssertionError as error:
            targets = self._data("targets")["activeTargets"]
            raise AssertionError(f"{error}: {[one['lastError'] for one in targets]}") from None

    def _ups(self) -> set[float]:
        return {one.value for one in self.query(f'up{{job="{JOB}"}}')}

    def _data(self, path: str) -> Any:
        return self._client.get(f"/api/v1/{path}").json()["data"]

    def close(self) -> None:
        self._client.close()


def tool(name: str) -> str:
    """Where the program is; a test that needs it is skipped where it is not, and says how to get it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: make prometheus (Debian: apt install prometheus)")
    return found


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """For instance `promtool("check", "rules", path)`."""
    command = [tool("promtool"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def scraping(
    *targets: str, token: str = "", rules: Sequence[Path] = (), every_s: int = 1, path: str = "/metrics"
) -> str:
    """A configuration (JSON, which is YAML): these targets, `HOST:PORT`, under the job `ballast`."""
    job: dict[str, object] = {
        "job_name": JOB,
        "honor_labels": True,
        "metrics_path": path,
        "static_configs": [{"targets": list(targets)}],
    }
    if token:
        job["authorization"] = {"credentials": token}
    times = dict.fromkeys(("scrape_interval", "scrape_timeout", "evaluation_interval"), f"{every_s}s")
    return json.dumps(
        {"global": times, "rule_files": [str(one.resolve()) for one in rules], "scrape_configs": [job]}
    )


@contextmanager
def running_prometheus(folder: Path, configuration: str) -> Iterator[Prometheus]:
    """With an empty store in `folder`; ends with the block, and with this process."""
    program, port = tool("prometheus"), free_port()
    (folder / "prometheus.yml").write_text(configuration)
    command = [
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'samples'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-lifecycle",
        "--log.level=warn",
        "--storage.tsdb.retention.time=2h",
    ]
    log = folder / "prometheus.log"
    child = spawn(command, log=log, dies_with=signal.SIGKILL, cwd=folder)
    server = Prometheus(f"http://127.0.0.1:{port}", log)
    try:
        wait_for("Prometheus to begin", lambda: server.is_ready() or child.poll() is not None)
        assert child.poll() is None, tail(log, 30)
        yield server
    finally:
        server.close()
        child.kill()
        child.wait()
