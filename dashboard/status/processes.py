"""The processes of the house as rows: who beats, who is missed, whom a supervisor holds back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.status.words import LEVELS, SIGNS, ago, span

_ABOUT = {
    "web": "pages, API, sockets",
    "engine": "matches orders",
    "worker": "background tasks",
    "beat": "starts them by the clock",
    "prices": "listens to price feeds",
    "bots": "the market makers",
    "chain": "the development chain",
    "watcher": "watches the bitcoin chain",
    "signer": "signs for the house",
    "backup": "signs as the backup",
    "postgres": "embedded server",
    "valkey": "embedded server",
}
_STATUS = {"alive": "ok", "stuck": "fail", "missing": "fail"}
_WORDS = {"alive": "runs", "stuck": "hangs: its loop does not turn", "missing": "missing: no heartbeat"}


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """`line` is that of the process table; what an operator may have started again."""

    key: str
    line: str
    about: str
    level: str
    sign: str
    state: str
    beat: str = ""
    turn: str = ""
    up: str = ""
    restarts: str = ""
    error: str = ""


Subsystems = Mapping[str, Mapping[str, Any]]


def process_rows(subsystems: Subsystems, processes: Sequence[Mapping[str, Any]]) -> list[ProcessRow]:
    """A line that has all it needs is not told of those of its processes that are gone."""
    rows: list[ProcessRow] = []
    for name, one in subsystems.items():
        check, _, line = name.partition(" ")
        if check == "processes" and line:
            rows += _rows_of_line(line, one, [seen for seen in processes if seen["process"] == line])
    rows += [
        _supervised(name, one, is_alone=name.partition(" ")[2] not in {row.line for row in rows})
        for name, one in subsystems.items()
        if name.startswith("supervised ")
        and (
            one["status"] != "ok"
            or f"processes {name.partition(' ')[2].rstrip('0123456789')}" not in subsystems
        )
    ]
    return rows


def _rows_of_line(line: str, one: Mapping[str, Any], seen: Sequence[Mapping[str, Any]]) -> list[ProcessRow]:
    complete = one["status"] == "ok"
    shown = [each for each in seen if each["status"] != "missing" or not complete]
    if not shown:
        status = str(one["status"])
        state = str(one["message"]) or "not heard of"
        return [ProcessRow(line, line, _ABOUT.get(line, ""), LEVELS[status], SIGNS[status], state)]
    return [_seen(line, number, each) for number, each in enumerate(shown)]


def _seen(line: str, number: int, one: Mapping[str, Any]) -> ProcessRow:
    liveness = str(one["status"])
    status = _STATUS[liveness]
    error = one["last_error"]
    return ProcessRow(
        key=f"{line} {number}" if number else line,
        line=line,
        about=_ABOUT.get(line, ""),
        level=LEVELS[status],
        sign=SIGNS[status],
        state=_WORDS[liveness],
        beat=ago(int(one["last_beat_ms"])),
        turn=ago(int(one["last_work_ms"])),
        up=span(int(one["up_ms"])) if liveness != "missing" else "",
        restarts=str(one["restarts"]),
        error=f"{error}, {ago(int(one['last_error_ms']))}" if error else "",
    )


def _supervised(name: str, one: Mapping[str, Any], *, is_alone: bool) -> ProcessRow:
    child, status = name.partition(" ")[2], str(one["status"])
    line = child.rstrip("0123456789")
    return ProcessRow(
        key=name,
        line=line,
        about=_ABOUT.get(line, "") if is_alone else "as its supervisor says",
        level=LEVELS[status],
        sign=SIGNS[status],
        state=str(one["message"]) or "runs",
        restarts=str(one["figures"].get("restarts", "")),
    )
