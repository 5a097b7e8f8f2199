"""The figures of each check in people's words, and how its parts are called."""

from collections.abc import Callable, Mapping

from dashboard.status.words import ago, grouped, span

Figures = Mapping[str, int]
Facts = list[tuple[str, str]]

NAMES = {
    "database": "PostgreSQL",
    "redis": "Redis",
    "migrations": "Migrations",
    "disk": "Room on this machine",
    "backup": "Backups",
    "oracle": "Price of bitcoin",
    "oracle_minting": "May be minted by",
    "oracle_liquidations": "May be liquidated by",
    "custody_chain": "Bitcoin chain",
    "custody_deposits": "Deposits",
    "custody_withdrawals": "Withdrawals",
    "custody_hot": "Hot wallet",
    "tasks": "Schedule",
    "engine": "Engines",
    "rows": "Queues of rows",
    "supervised": "Supervision",
    "rows requests": "Requests to engines",
    "rows transfers": "Wallet transfers",
    "notices": "Notices",
    "vaults": "Vaults",
    "vaults_scan": "Scan of vaults",
    "vaults_ceiling": "Debt ceiling",
    "vaults_fee": "Stability fee",
    "markets": "Markets",
    "reserves": "Reserves snapshot",
    "invariants recent": "Invariants, what is new",
    "invariants whole": "Invariants, everything",
}


def name_of(subsystem: str) -> str:
    check, _, subject = subsystem.partition(" ")
    if subsystem in NAMES:
        return NAMES[subsystem]
    if check == "custody_signer":
        return f"Signer {subject}".strip()
    if check == "processes" and subject:
        return f"Process {subject}"
    if check == "oracle_source":
        return subject or "Sources"
    named = subject if check in ("invariants", "supervised") and subject else subsystem
    return named[:1].upper() + named[1:].replace("_", " ")


def facts_of(subsystem: str, figures: Figures) -> Facts:
    """None where a check could not find out all of them: the rest of the page stands."""
    made = _BY_CHECK.get(subsystem.partition(" ")[0])
    try:
        return made(figures) if made and figures else []
    except KeyError:
        return []


def _answered(figures: Figures) -> Facts:
    return [("answers in", f"{figures['answer_us'] // 1000} ms")] if "answer_us" in figures else []


def _disk(figures: Figures) -> Facts:
    return [("free", f"{figures['free_percent']} %")]


def _oracle(figures: Figures) -> Facts:
    facts = [("age", span(figures["age_ms"]))] if "age_ms" in figures else []
    return [*facts, ("made up", "yes")] if figures.get("simulated") else facts


def _chain(figures: Figures) -> Facts:
    facts = [("height", grouped(figures["height"]))] if "height" in figures else []
    facts += [("tip", ago(figures["tip_age_s"] * 1000))] if "tip_age_s" in figures else []
    facts += [("looked at", ago(figures["silent_s"] * 1000))] if "silent_s" in figures else []
    facts += [("behind", f"{figures['lag']} blocks")] if figures.get("lag") else []
    return [*facts, ("peers", str(figures["peers"]))] if "peers" in figures else facts


def _tasks(figures: Figures) -> Facts:
    facts = [("last run", ago(figures["last_run_age_ms"]))] if "last_run_age_ms" in figures else []
    return [*facts, ("waiting", grouped(figures.get("waiting", 0)))]


def _rows(figures: Figures) -> Facts:
    facts = [("waiting", grouped(figures.get("waiting", 0)))]
    return [*facts, ("the first for", span(figures["age_ms"]))] if figures.get("age_ms") else facts


def _notices(figures: Figures) -> Facts:
    return [("waiting", grouped(figures.get("waiting", 0)))]


def _extent(figures: Figures) -> Facts:
    if "checks" not in figures:
        return [("violations", grouped(figures.get("violations", 0)))]
    return [("checks", grouped(figures["checks"])), ("last run", ago(figures["age_ms"]))]


def _reserves(figures: Figures) -> Facts:
    return [
        ("taken", ago(figures["age_s"] * 1000)),
        ("customers", grouped(figures["customers"])),
    ]


def _vaults(figures: Figures) -> Facts:
    return [
        (name, grouped(figures[name])) for name in ("active", "warning", "liquidating") if name in figures
    ]


def _fee(figures: Figures) -> Facts:
    return [("booked", ago(figures["late_s"] * 1000))]


def _withdrawals(figures: Figures) -> Facts:
    waiting = sum(figures.values()) - figures.get("oldest_s", 0) - figures.get("troubled_spends", 0)
    facts = [("open", grouped(waiting))]
    return (
        [*facts, ("the oldest for", span(figures["oldest_s"] * 1000))] if figures.get("oldest_s") else facts
    )


def _markets(figures: Figures) -> Facts:
    return [(name.replace("_", " "), grouped(count)) for name, count in figures.items() if count]


_BY_CHECK: Mapping[str, Callable[[Figures], Facts]] = {
    "database": _answered,
    "redis": _answered,
    "disk": _disk,
    "oracle": _oracle,
    "custody_chain": _chain,
    "custody_withdrawals": _withdrawals,
    "tasks": _tasks,
    "rows": _rows,
    "notices": _notices,
    "invariants": _extent,
    "reserves": _reserves,
    "vaults": _vaults,
    "vaults_fee": _fee,
    "markets": _markets,
}
