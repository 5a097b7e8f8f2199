"""What is replayed and by which policy, as a TOML or JSON file says it."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from oracle.replay.failures import ReplayError
from oracle.replay.series import UNITS, SeriesFormat
from oracle.rules.figures import LIMITS, figures_of, with_figures, wrong_figure
from oracle.rules.names import NoSource, read_name
from oracle.rules.policy import Policy, SourceTerms

MAX_SERIES = 50
MAX_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    path: Path
    form: SeriesFormat


@dataclass(frozen=True, slots=True)
class Plan:
    """A round stands at every recorded time; with `round_ms` also that long after the one before, where
    nothing came. `resume_after_ms`: after how long a person resumes a halt; 0: nobody does."""

    policy: Policy
    series: tuple[Series, ...]
    round_ms: int = 0
    resume_after_ms: int = 0
    start_ms: int | None = None
    end_ms: int | None = None


class _Format(msgspec.Struct, forbid_unknown_fields=True):
    time: str | int
    price: str | int
    time_unit: str = "iso"
    bar_ms: int = 0


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    format: str = ""
    path: str = ""
    weight: int = 1
    max_age_ms: int | None = None
    min_price_e8: int = 0
    max_price_e8: int = SourceTerms().max_price_e8


class _File(msgspec.Struct, forbid_unknown_fields=True):
    formats: dict[str, _Format]
    policy: dict[str, int] = {}
    sources: dict[str, _Source] = {}
    as_dollars: list[str] = []
    round_ms: int = 0
    resume_after_ms: int = 0


def load_plan(policy_file: Path, series: Sequence[str] = (), data: Path | None = None) -> Plan:
    """`series`: NAME=PATH or NAME=PATH:FORMAT, beside the file's own sources or in place of their paths.
    A path in the file is relative to `data`, else to the file's folder. Raises ReplayError."""
    told = _read(policy_file)
    sources = dict(told.sources)
    paths = {name: (data or policy_file.parent) / one.path for name, one in sources.items() if one.path}
    for argument in series:
        name, path, form = _argument(policy_file, argument, told.formats)
        paths[name] = path
        one = sources.get(name, _Source())
        sources[name] = msgspec.structs.replace(one, format=form or one.format)
    if not sources or len(sources) > MAX_SERIES:
        raise ReplayError(policy_file, f"a replay has 1 to {MAX_SERIES} sources")
    terms = {name: _terms(policy_file, name, one) for name, one in sources.items()}
    return Plan(
        policy=_policy(policy_file, told, terms),
        series=tuple(_series(policy_file, name, one, paths, told) for name, one in sources.items()),
        round_ms=told.round_ms,
        resume_after_ms=told.resume_after_ms,
    )


def _read(path: Path) -> _File:
    try:
        if path.stat().st_size > MAX_FILE:
            raise ReplayError(path, "is too large for a policy")
        text = path.read_text(encoding="utf-8")
        content: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        told = msgspec.convert(content, _File)
    except OSError as error:
        raise ReplayError(path, f"cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise ReplayError(path, str(error)) from error
    for name, form in told.formats.items():
        if form.time_unit not in UNITS or form.bar_ms < 0:
            raise ReplayError(
                path, f"formats.{name}: time_unit is one of {', '.join(UNITS)}, bar_ms 0 or more"
            )
        numbers = [column for column in (form.time, form.price) if isinstance(column, int)]
        if len(numbers) == 1 or any(number < 1 for number in numbers):
            raise ReplayError(path, f"formats.{name}: columns are both names, or both numbers from 1")
    if told.round_ms < 0 or told.resume_after_ms < 0:
        raise ReplayError(path, "round_ms and resume_after_ms are 0 or more")
    return told


def _argument(policy_file: Path, argument: str, forms: Mapping[str, _Format]) -> tuple[str, Path, str]:
    name, equals, rest = argument.partition("=")
    if not equals or not rest:
        raise ReplayError(policy_file, f"{argument!r} is not NAME=PATH or NAME=PATH:FORMAT")
    path, colon, form = rest.rpartition(":")
    return (name, Path(path), form) if colon and form in forms else (name, Path(rest), "")


def _terms(policy_file: Path, name: str, one: _Source) -> SourceTerms:
    try:
        read = read_name(name)
    except NoSource as error:
        raise ReplayError(policy_file, f"sources: {error}") from error
    ages_well = one.max_age_ms is None or one.max_age_ms > 0
    if one.weight < 0 or not 0 <= one.min_price_e8 < one.max_price_e8 or not ages_well:
        raise ReplayError(policy_file, f"sources.{name}: weight, bounds or age are out of range")
    return SourceTerms(
        weight=one.weight,
        min_price_e8=one.min_price_e8,
        max_price_e8=one.max_price_e8,
        max_age_ms=one.max_age_ms,
        base=read.base,
        currency=read.currency,
    )


def _policy(policy_file: Path, told: _File, terms: Mapping[str, SourceTerms]) -> Policy:
    unknown = told.policy.keys() - LIMITS.keys()
    wrong = ", ".join(sorted(unknown)) or wrong_figure({**figures_of(Policy()), **told.policy})
    if wrong:
        limits = LIMITS.get(wrong, ())
        least_most = f" ({limits[0]} to {limits[1]})" if limits else f": there are {', '.join(LIMITS)}"
        raise ReplayError(policy_file, f"policy.{wrong} is out of range or unknown{least_most}")
    policy = with_figures(Policy(sources=terms), told.policy)
    return replace(policy, as_dollars=frozenset(told.as_dollars))


def _series(policy_file: Path, name: str, one: _Source, paths: Mapping[str, Path], told: _File) -> Series:
    if name not in paths:
        raise ReplayError(policy_file, f"sources.{name} has no path: give --series {name}=PATH")
    if one.format not in told.formats:
        raise ReplayError(policy_file, f"sources.{name}: format {one.format!r} is not in formats")
    form = told.formats[one.format]
    return Series(name, paths[name], SeriesFormat(form.time, form.price, form.time_unit, form.bar_ms))
