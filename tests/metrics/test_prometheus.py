"""The Prometheus of the tests: it scrapes what it is told to, evaluates rules, and says what is wrong."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.prometheus import BadExpression, promtool, running_prometheus, scraping
from tests.support.waiting import wait_for

pytestmark = pytest.mark.long
TOKEN = "a token that is only known here"
PAGE = b'# TYPE made gauge\nmade{process="engine",instance="b:2"} 7\n'
RULES = {"groups": [{"name": "all", "rules": [{"alert": "Made", "expr": "made > 5"}]}]}


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(PAGE if known else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def target() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_it_scrapes_keeps_our_labels_and_evaluates_rules(tmp_path: Path, target: str) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps(RULES))
    checked = promtool("check", "rules", rules)
    assert checked.returncode == 0, checked.stderr
    with running_prometheus(tmp_path, scraping(target, token=TOKEN, rules=[rules])) as prometheus:
        prometheus.await_scrape()
        (made,) = prometheus.query("made")
        assert (made.labels["process"], made.labels["instance"], made.value) == ("engine", "b:2", 7)
        assert prometheus.value("sum(made) * 2") == 14
        assert prometheus.value("absent_here") is None
        (alert,) = wait_for("the alert", prometheus.alerts)
        assert (alert["labels"]["alertname"], alert["state"]) == ("Made", "firing")
        with pytest.raises(BadExpression, match="parse error"):
            prometheus.query("sum(")


def test_a_scrape_that_is_refused_is_told(tmp_path: Path, target: str) -> None:
    with (
        running_prometheus(tmp_path, scraping(target, token="another")) as prometheus,
        pytest.raises(AssertionError, match="404"),
    ):
        prometheus.await_scrape(seconds=9)


def test_the_configuration_that_is_shipped_is_taken_with_its_alerts(tmp_path: Path) -> None:
    shipped = Path(settings.BASE_DIR) / "deploy" / "prometheus"
    token = tmp_path / "token"
    token.write_text(TOKEN)
    text = (shipped / "prometheus.yml").read_text()
    assert "honor_labels: true" in text
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus/ballast_token", str(token)))
    shutil.copy(shipped / "alerts.yml", tmp_path)
    checked = promtool("check", "config", tmp_path / "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    assert "1 rule files found" in checked.stdout
