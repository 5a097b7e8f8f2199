"""The small client: what scripts are made of, so it says no where a script must stop."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

Answer = tuple[int, object]


@contextmanager
def server(*answers: Answer) -> Iterator[tuple[str, list[bytes]]]:
    """Gives these answers in turn, the last one again and again; and the bodies that came."""
    waiting, bodies = list(answers), list[bytes]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            status, content = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}", bodies
        finally:
            listening.shutdown()
            thread.join()


def call(*arguments: str) -> str:
    out = io.StringIO()
    call_command("call", *arguments, stdout=out)
    return out.getvalue().rstrip("\n")


def vault(status: str) -> Answer:
    return 200, {"vault": {"status": status}}


def test_one_value_of_an_answer_can_be_picked() -> None:
    with server((200, {"vaults": [{"id": "a"}, {"id": "b", "empty": None}]})) as (url, _):
        assert call("--url", url, "--pick", "vaults.1.id", "GET", "/") == "b"
        assert call("--url", url, "--pick", "vaults.1.empty", "GET", "/") == "null"


def test_a_refusal_never_stands_where_a_value_was_to_be() -> None:
    told, errors = io.StringIO(), io.StringIO()
    with server((409, {"error": {"code": "RATIO_MOVED"}})) as (url, _), pytest.raises(SystemExit) as ended:
        call_command("call", "--url", url, "--pick", "vault.id", "POST", "/", stdout=told, stderr=errors)
    assert ended.value.code == 1
    assert told.getvalue() == ""
    assert "RATIO_MOVED" in errors.getvalue()


def test_it_asks_again_until_a_value_is_so() -> None:
    with server(vault("PENDING"), vault("PENDING"), vault("ACTIVE")) as (url, bodies):
        found = call("--url", url, "--until", "vault.status=ACTIVE", "--pick", "vault.status", "GET", "/")
    assert found == "ACTIVE"
    assert len(bodies) == 3


def test_a_refusal_ends_the_waiting() -> None:
    with server((404, {"error": {}})) as (url, bodies), pytest.raises(SystemExit):
        call("--url", url, "--until", "vault.status=ACTIVE", "GET", "/")
    assert len(bodies) == 1


def test_a_deed_is_not_done_again_and_again() -> None:
    with pytest.raises(CommandError, match="GET"):
        call("--until", "vault.status=ACTIVE", "POST", "/")


def test_a_body_comes_from_a_file_with_fields_beside_it(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"key": "tpub", "time": 5}')
    with server((200, {})) as (url, bodies):
        call("--url", url, "--body", str(tmp_path / "body.json"), "POST", "/", "label=mine", "deep:=[1]")
    assert json.loads(bodies[0]) == {"key": "tpub", "time": 5, "label": "mine", "deep": [1]}


@pytest.mark.parametrize("content", ["", "[]", "no"])
def test_what_is_no_object_is_no_body(tmp_path: Path, content: str) -> None:
    (tmp_path / "body.json").write_text(content)
    with pytest.raises(CommandError, match=r"body\.json"):
        call("--body", str(tmp_path / "body.json"), "POST", "/")


def test_a_value_that_is_no_json_is_named() -> None:
    with pytest.raises(CommandError, match="id:=x"):
        call("POST", "/", "id:=x")
