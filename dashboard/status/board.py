"""The page of the house's state as values: what `/status.json` says, in groups and words. It asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.status.facts import Facts, facts_of, name_of
from dashboard.status.incidents import IncidentRow, clock_text, incident_rows
from dashboard.status.processes import ProcessRow, process_rows
from dashboard.status.words import CAPABILITIES, LEVELS, SIGNS, STATES, grouped, listed, lowered, span

SHOWN_INCIDENTS = 20
_GROUPS = (
    ("Servers", "What everything stands on", ("database", "redis", "migrations", "disk", "backup")),
    ("Price", "Who may act on it; each source is below", ("oracle", "oracle_minting", "oracle_liquidations")),
    (
        "Bitcoin",
        "The chain, who signs, what comes and goes",
        ("custody_chain", "custody_signer", "custody_deposits", "custody_withdrawals", "custody_hot"),
    ),
    ("Vaults", "", ("vaults", "vaults_scan", "vaults_ceiling", "vaults_fee")),
    ("Work", "Queues, and what runs by the clock", ("tasks", "rows", "notices", "markets")),
    ("Books", "What must always be true", ("invariants", "reserves")),
)
_TITLES = {
    "ok": "Everything works",
    "degraded": "The house works, with restrictions",
    "down": "The house is down",
}


@dataclass(frozen=True, slots=True)
class Row:
    """`level` is a class of the design; its sign and words say the same without colour."""

    key: str
    level: str
    sign: str
    state: str
    name: str
    message: str
    since: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    about: str
    rows: Sequence[Row]

    @property
    def key(self) -> str:
        return self.title.lower()


@dataclass(frozen=True, slots=True)
class EngineRow:
    row: Row
    figures: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SourceRow:
    row: Row
    age: str
    deviation: str


@dataclass(frozen=True, slots=True)
class Capability:
    name: str
    works: bool


@dataclass(frozen=True, slots=True)
class Board:
    level: str
    sign: str
    title: str
    lead: str
    time: str
    time_ms: int
    version: str
    capabilities: Sequence[Capability]
    processes: Sequence[ProcessRow]
    engines: Sequence[EngineRow]
    sources: Sequence[SourceRow]
    groups: Sequence[Group]
    books: str
    incidents: Sequence[IncidentRow]


def board_of(content: Mapping[str, Any]) -> Board:
    subsystems: Mapping[str, Mapping[str, Any]] = content["subsystems"]
    status, now_ms = str(content["status"]), int(content["time_ms"])
    level = {"ok": "ok", "degraded": "warn", "down": "fail"}[status]
    return Board(
        level=LEVELS[level],
        sign=SIGNS[level],
        title=_TITLES[status],
        lead=_lead(content),
        time=clock_text(now_ms),
        time_ms=now_ms,
        version=str(content.get("version", "")),
        capabilities=[
            Capability(CAPABILITIES[name], state == "available")
            for name, state in content["capabilities"].items()
        ],
        processes=process_rows(subsystems, content["processes"]),
        engines=[_engine(name, one) for name, one in _of(subsystems, "engine")],
        sources=[_source(name, one) for name, one in _of(subsystems, "oracle_source")],
        groups=[_group(subsystems, *group) for group in _GROUPS],
        books=_books(subsystems),
        incidents=incident_rows(content.get("incidents", []), now_ms)[:SHOWN_INCIDENTS],
    )


def _lead(content: Mapping[str, Any]) -> str:
    away = [
        lowered(CAPABILITIES[name]) for name, state in content["capabilities"].items() if state != "available"
    ]
    if away:
        return f"Not available now: {listed(away)}. Everything comes back by itself when its cause is gone."
    wrong = sum(1 for one in content["subsystems"].values() if one["status"] != "ok")
    if wrong:
        return f"All that customers do works; {wrong} of {len(content['subsystems'])} parts need a look."
    return f"All {len(content['subsystems'])} parts were looked at within the last seconds."


def _of(subsystems: Mapping[str, Mapping[str, Any]], check: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, one in subsystems.items() if name.partition(" ")[0] == check]


def _row(subsystem: str, one: Mapping[str, Any]) -> Row:
    status = str(one["status"])
    return Row(
        key=subsystem,
        level=LEVELS[status],
        sign=SIGNS[status],
        state=STATES[status],
        name=name_of(subsystem),
        message=str(one["message"]),
        since=span(int(one["since_ms"])),
        facts=facts_of(subsystem, one["figures"]),
    )


def _group(
    subsystems: Mapping[str, Mapping[str, Any]], title: str, about: str, checks: Sequence[str]
) -> Group:
    """Invariants stand there one by one only where they are violated."""
    rows = [_row(name, one) for check in checks for name, one in _of(subsystems, check)]
    return Group(title, about, [row for row in rows if row.level != "ok" or not _is_one_invariant(row.key)])


def _is_one_invariant(key: str) -> bool:
    return key.startswith("invariants ") and key not in ("invariants recent", "invariants whole")


def _books(subsystems: Mapping[str, Mapping[str, Any]]) -> str:
    """The invariants in one sentence."""
    single = [one for name, one in _of(subsystems, "invariants") if _is_one_invariant(name)]
    ages = [
        int(one["figures"]["age_ms"])
        for name, one in _of(subsystems, "invariants")
        if "age_ms" in one["figures"]
    ]
    if not single or not ages:
        return "The invariants were not checked yet, or cannot be read now."
    violations = sum(int(one["figures"].get("violations", 0)) for one in single)
    return f"{len(single)} invariants, last checked {span(min(ages))} ago, {grouped(violations)} violations."


def _engine(subsystem: str, one: Mapping[str, Any]) -> EngineRow:
    figures = one["figures"]
    row = _row(subsystem, one)
    if not figures:
        return EngineRow(row, [])
    shown = [
        ("Leader", "leads" if figures["has_leader"] else "nobody"),
        ("Sequence", grouped(figures["sequence"])),
        ("Lag", f"{figures['lag_ms']} ms"),
        ("Queue", grouped(figures["queue_length"])),
        ("Epoch", grouped(figures["epoch"])),
    ]
    return EngineRow(row, shown)


def _source(subsystem: str, one: Mapping[str, Any]) -> SourceRow:
    figures = one["figures"]
    age = span(figures["age_ms"]) if "age_ms" in figures else "–"
    return SourceRow(_row(subsystem, one), age, _percent(figures.get("deviation_ppm")))


def _percent(ppm: int | None) -> str:
    """With its sign and two decimals, toward zero."""
    if ppm is None:
        return "–"
    hundredths = abs(ppm) // 100
    sign = "" if hundredths == 0 else "+" if ppm > 0 else "−"
    return f"{sign}{hundredths // 100}.{hundredths % 100:02} %"
