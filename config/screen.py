"""What `manage.py up` shows: one screen when everything runs, one line when something changes."""

import os
import sys
import time

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from config.children import ChildProcess, tail
from config.machine import Machine
from config.processes import SERVICES
from config.supervisor import Ended, Restarted

PAGES = {
    "Exchange": "/",
    "Trade": "/trade",
    "Status": "/status",
    "API documents": "/api/docs/",
    "OpenAPI": "/api/openapi.json",
    "Admin": "/admin/",
}

_USUAL_PORT = 8000


class Screen:
    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self._began = time.monotonic()

    def opening(self, state_dir: object) -> None:
        self.console.print(f"Starting Ballast in {state_dir} ...", style="dim")

    def show(self, machine: Machine) -> None:
        parts: list[Table | Text] = [self._pages(machine), Text(), self._folders(machine), Text()]
        title = f"[bold]Ballast runs[/bold] [dim](started in {self._seconds():.1f} s, Ctrl-C stops it)[/dim]"
        panel = Panel(
            Group(*parts, self._processes(machine)),
            title=title,
            title_align="left",
            padding=(1, 2),
            expand=False,
        )
        self.console.print(panel)
        # Outside the frame and in one piece, so that a key or a command can be copied in any window.
        if machine.demo_output:
            self.console.print(
                Text(f"{machine.demo_output}Try: {self._first_call(machine)}\n"), soft_wrap=True
            )

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _first_call(self, machine: Machine) -> str:
        url = f" --url http://127.0.0.1:{machine.wish.port}" if machine.wish.port != _USUAL_PORT else ""
        return f"{os.path.relpath(sys.executable)} manage.py call{url} --as alice GET /api/v1/balances"

    def tell(self, event: Ended | Restarted) -> None:
        now = time.strftime("%H:%M:%S", time.gmtime())
        name = event.child.name
        if isinstance(event, Restarted):
            self.console.print(f"{now} {name} runs again (restart {event.restarts})", style="green")
            return
        why = event.reason or f"ended with exit code {event.exit_code}"
        self.console.print(
            f"{now} {name} {why}; starting it again in {event.delay_seconds:.1f} s", style="yellow"
        )
        if isinstance(event.child, ChildProcess) and event.exit_code:
            self.console.print(Text(tail(event.child.log, 8), style="dim"), soft_wrap=True)

    def closing(self) -> None:
        self.console.print("Stopping ...", style="dim")

    def closed(self) -> None:
        self.console.print("Stopped. Everything is kept; start again to continue.", style="dim")

    def _pages(self, machine: Machine) -> Table:
        shown = "localhost" if machine.wish.host in ("127.0.0.1", "0.0.0.0") else machine.wish.host  # noqa: S104
        base = f"http://{shown}:{machine.wish.port}"
        return _grid({name: f"[link={base}{path}]{base}{path}[/link]" for name, path in PAGES.items()})

    def _folders(self, machine: Machine) -> Table:
        rows = {"Data": str(machine.wish.state_dir), "Logs": str(machine.logs)}
        if machine.servers is not None and machine.servers.place.moved:
            rows["Data"] = f"{machine.servers.place.data} (the servers' account cannot reach this folder)"
        return _grid(rows)

    def _processes(self, machine: Machine) -> Table:
        about = {process.name: process.about for process in SERVICES}
        table = Table.grid(padding=(0, 2))
        for server in machine.servers.all if machine.servers is not None else []:
            if server.poll() is None:
                table.add_row(f"[bold]{server.name}[/bold]", str(server.pid), "embedded server")
        for service in machine.services:
            table.add_row(f"[bold]{service.name}[/bold]", str(service.pid), about[service.name])
        return table


def _grid(rows: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, text in rows.items():
        table.add_row(f"[bold]{name}[/bold]", text)
    return table
