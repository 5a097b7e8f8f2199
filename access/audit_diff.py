"""What an entry of the audit trail changed, as a table of before and after that a person can read."""

import json
from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_NOTHING = "–"
_ORDER = {"changed": 0, "removed": 1, "added": 2, "same": 3}
_ROW = '<tr class="{}"><th scope="row">{}</th><td class="was">{}</td><td class="is">{}</td></tr>'
_TABLE = (
    '<div class="scrolls"><table class="fact-table diff"><thead><tr><th scope="col">What</th>'
    '<th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>{}</tbody></table></div>'
)


def difference(before: object, after: object) -> SafeString | str:
    """Every fact once, the reason first, then what changed; what did not stands last."""
    was, now = _facts(before), _facts(after)
    names = sorted(dict.fromkeys([*now, *was]), key=lambda name: (_ORDER[_kind(name, was, now)], name))
    names.sort(key=lambda name: name != "reason")
    if not names:
        return "Nothing was noted."
    rows = [(_kind(name, was, now), name, _words(was, name), _words(now, name)) for name in names]
    return format_html(_TABLE, format_html_join("", _ROW, rows))


def _facts(content: object) -> Mapping[str, object]:
    if content is None:
        return {}
    return content if isinstance(content, dict) else {"value": content}


def _kind(name: str, was: Mapping[str, object], now: Mapping[str, object]) -> str:
    if was and name in was and name in now:
        return "same" if was[name] == now[name] else "changed"
    return "added" if name in now else "removed"


def _words(facts: Mapping[str, object], name: str) -> str:
    if name not in facts:
        return ""
    value = facts[name]
    if value is None or value == "":
        return _NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
