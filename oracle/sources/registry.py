"""Which module makes the source of a name. ccxt, which is large, is loaded only where a name needs it."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from oracle.rules.names import HOUSE, PYTH, RECORDED, SIMULATED, SourceName, read_name
from oracle.sources.pyth_feeds import FEEDS
from oracle.sources.source import Source
from oracle.sources.surroundings import Surroundings

_MODULES = {
    HOUSE: ("oracle.sources.house", "House"),
    PYTH: ("oracle.sources.pyth_hermes", "PythHermes"),
    RECORDED: ("oracle.sources.recorded", "Recorded"),
    SIMULATED: ("oracle.sources.simulated", "Simulated"),
}
_ANY_EXCHANGE = ("oracle.sources.ccxt_spot", "CcxtSpot")


def make_source(text: str, around: Surroundings) -> Source:
    """Raises NoSource (a ValueError) and UnsafeAddress (another)."""
    name = read_name(text)
    module, made_by = _MODULES.get(name.kind, _ANY_EXCHANGE)
    source: Source = getattr(import_module(module), made_by)(text, name, around)
    return source


def make_sources(names: Sequence[str], around: Surroundings) -> list[Source]:
    return [make_source(name, around) for name in names]


def is_kind(kind: str) -> bool:
    """Whether there are sources of it, asked without loading ccxt: an exchange of its is a file there."""
    spec = find_spec("ccxt")
    folders = (spec.submodule_search_locations or []) if spec else []
    return kind in _MODULES or any((Path(one) / "async_support" / f"{kind}.py").is_file() for one in folders)


def why_unknown(name: SourceName) -> str:
    """Why no source can have the name, found without loading what would make it; "" where one can."""
    if not is_kind(name.kind):
        return f"nobody knows how to ask {name.kind!r}"
    if name.kind == PYTH and name.label not in FEEDS:
        return f"the Pyth feed of {name.label} is not known"
    return ""
