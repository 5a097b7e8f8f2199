"""One page for each customer, made of what every app knows about him."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from access.asking import Asking
from access.cockpit import Panel, PanelSource, panel_sources


@dataclass(frozen=True, slots=True)
class Shown:
    """`panel` is None where the source gave no answer."""

    name: str
    title: str
    panel: Panel | None


def panels_of(user: Any, customer_id: int) -> list[Shown]:
    """What this operator may see of the customer; panels with nothing in them are left out."""
    asking = Asking()
    shown = []
    for source in panel_sources(user):
        panel = asking.ask(source.name, partial(_read, source, customer_id))
        if panel is None or not _is_empty(panel):
            shown.append(Shown(source.name, source.title, panel))
    return shown


def _read(source: PanelSource, customer_id: int) -> Panel:
    """Its rows are read within the time that the source has."""
    panel = source.show(customer_id)
    return replace(panel, facts=list(panel.facts), rows=[list(row) for row in panel.rows])


def _is_empty(panel: Panel) -> bool:
    return not (panel.facts or panel.rows or panel.deeds)
