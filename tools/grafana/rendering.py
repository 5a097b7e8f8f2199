"""A dashboard's rows as the JSON that Grafana imports. Nothing in it depends on when or where it is made."""

from collections.abc import Mapping, Sequence
from typing import Any

from tools.grafana.panels import Kind, Panel, Row, Target, Unit

_WIDTH = 24
_HEIGHT = {Kind.LINES: 8, Kind.FIGURE: 4, Kind.TABLE: 8}
_SCHEMA = 39
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
Json = dict[str, Any]


def dashboard(title: str, uid: str, rows: Sequence[Row]) -> Json:
    return {
        "annotations": {"list": []},
        "editable": False,
        "graphTooltip": 1,
        "panels": _panels(rows),
        "refresh": "30s",
        "schemaVersion": _SCHEMA,
        "tags": ["ballast"],
        "templating": {"list": [_source_choice()]},
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "title": title,
        "uid": uid,
    }


def _source_choice() -> Json:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _panels(rows: Sequence[Row]) -> list[Json]:
    """From left to right, and on the next line where there is no more room."""
    made: list[Json] = []
    top = 0
    for row in rows:
        made.append(_row(row.title, len(made) + 1, top))
        top, left, height = top + 1, 0, 0
        for panel in row.panels:
            if left + panel.width > _WIDTH:
                top, left, height = top + height, 0, 0
            made.append(_panel(panel, len(made) + 1, left, top))
            left, height = left + panel.width, max(height, _HEIGHT[panel.kind])
        top += height
    return made


def _row(title: str, number: int, top: int) -> Json:
    place = {"h": 1, "w": _WIDTH, "x": 0, "y": top}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _panel(panel: Panel, number: int, left: int, top: int) -> Json:
    return {
        "id": number,
        "type": panel.kind.value,
        "title": panel.title,
        "description": panel.about,
        "datasource": _SOURCE,
        "gridPos": {"h": _HEIGHT[panel.kind], "w": panel.width, "x": left, "y": top},
        "targets": [_target(target, panel.kind, at) for at, target in enumerate(panel.targets)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel.kind),
    }


def _target(target: Target, kind: Kind, at: int) -> Json:
    asked: Json = {
        "refId": chr(ord("A") + at),
        "datasource": _SOURCE,
        "expr": target.expression,
        "legendFormat": target.legend or "__auto",
        "instant": kind is not Kind.LINES,
        "range": kind is Kind.LINES,
    }
    return {**asked, "format": "table"} if kind is Kind.TABLE else asked


def _defaults(panel: Panel) -> Json:
    """A unit that is none is left to Grafana; the lowest color holds for whatever is below the first step."""
    found: Json = {"unit": panel.unit.value}
    if panel.steps:
        first = {"color": "green", "value": None}
        steps = [{"color": color, "value": value} for value, color in sorted(panel.steps.items())]
        found |= {"thresholds": {"mode": "absolute", "steps": [first, *steps]}}
    if panel.words:
        found |= {"mappings": [_mapping(panel.words)]}
    if panel.kind is Kind.LINES:
        found |= {"min": 0} if panel.unit in (Unit.SECONDS, Unit.BYTES, Unit.PER_SECOND) else {}
        found |= {"custom": {"fillOpacity": 10, "lineWidth": 1, "showPoints": "never", "spanNulls": False}}
    return found


def _mapping(words: Mapping[int, str]) -> Json:
    return {"type": "value", "options": {str(value): {"text": text} for value, text in words.items()}}


def _options(kind: Kind) -> Json:
    if kind is Kind.FIGURE:
        return {"colorMode": "value", "graphMode": "area", "reduceOptions": {"calcs": ["lastNotNull"]}}
    if kind is Kind.TABLE:
        return {"showHeader": True}
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
