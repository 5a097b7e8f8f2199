"""Views, verdicts and policies as bytes and JSON. Decoding checks the shape; what has another is refused."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from oracle.rules.figures import LIMITS, figures_of, with_figures, wrong_figure
from oracle.rules.policy import Policy, SourceTerms
from oracle.rules.quotes import SourceVerdict
from oracle.rules.view import PriceView

VERSION = 1

Json = Any  # as a JSON column has it: the decoders below are what gives it a shape


class MalformedPrice(ValueError):
    """Bytes or JSON of another shape or version."""


_encoder = msgspec.msgpack.Encoder()
_raw_decoder = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw])
_view_decoder = msgspec.msgpack.Decoder(PriceView)


def encode_view(view: PriceView) -> bytes:
    return _encoder.encode((VERSION, view))


def decode_view(data: bytes) -> PriceView:
    """Raises MalformedPrice."""
    try:
        version, content = _raw_decoder.decode(data)
        if version != VERSION:
            raise MalformedPrice(f"version {version} is not {VERSION}")
        return _view_decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MalformedPrice(str(error)) from error


def verdicts_json(verdicts: Iterable[SourceVerdict]) -> Json:
    """[version, line, line, ...], each line the fields of a SourceVerdict in their order."""
    return [VERSION, *map(list, verdicts)]


def verdicts_from_json(content: Json) -> tuple[SourceVerdict, ...]:
    """Raises MalformedPrice."""
    if not isinstance(content, list) or content[:1] != [VERSION]:
        raise MalformedPrice("no verdicts of this version")
    try:
        return tuple(msgspec.convert(content[1:], list[SourceVerdict]))
    except msgspec.ValidationError as error:
        raise MalformedPrice(str(error)) from error


def policy_json(policy: Policy) -> Json:
    """Its figures, flat: without its version, its sources and `as_dollars`, which no stored policy has."""
    return figures_of(policy)


def policy_from_json(
    content: Json, version: int = 0, sources: Mapping[str, SourceTerms] | None = None
) -> Policy:
    """Absent figures have their defaults, for an older release may have written it. Raises MalformedPrice."""
    try:
        figures = msgspec.convert(content, dict[str, int])
    except msgspec.ValidationError as error:
        raise MalformedPrice(str(error)) from error
    unknown = figures.keys() - LIMITS.keys()
    policy = Policy(version=version, sources=sources or {})
    wrong = ", ".join(sorted(unknown)) or wrong_figure({**figures_of(policy), **figures})
    if wrong:
        raise MalformedPrice(f"no such figure of a policy: {wrong}")
    return with_figures(policy, figures)
