"""Views, verdicts and policies come back from bytes and JSON as they were, or not at all."""

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import Band, Halt, Policy, PriceView, Refusal, SourceVerdict, Verdict
from oracle.rules.encoding import (
    VERSION,
    MalformedPrice,
    decode_view,
    encode_view,
    policy_from_json,
    policy_json,
    verdicts_from_json,
    verdicts_json,
)
from oracle.rules.figures import LIMITS
from tests.oracle.rules.quoting import NOW, policy_of, quotes_of
from tests.oracle.rules.telling import Teller

int64 = st.integers(-(2**63), 2**63 - 1)
bands = st.none() | st.builds(Band, int64, int64, int64)
maybe = st.none() | int64
verdicts = st.builds(
    SourceVerdict,
    st.text(),
    st.sampled_from(Verdict),
    st.text(),
    st.text(),
    *[maybe] * 6,
    weight=int64,
    detail=st.text(),
)
halts = st.builds(Halt, st.text(), int64, maybe, maybe, int64, st.booleans())
views = st.builds(
    PriceView,
    round_id=int64,
    round_ms=int64,
    last=bands,
    confirming=bands,
    refusal=st.none() | st.sampled_from(Refusal),
    verdicts=st.lists(verdicts, max_size=3).map(tuple),
    twap_e8=maybe,
    twap_covered_ms=int64,
    liquidations_paused_until_ms=int64,
    minting_paused_until_ms=int64,
    halt=st.none() | halts,
    simulated=st.booleans(),
    policy_version=int64,
    stale_after_ms=int64,
    max_deviation_ppm=int64,
)


@given(views)
def test_a_view_comes_back_from_its_bytes(view: PriceView) -> None:
    assert decode_view(encode_view(view)) == view


@given(views)
def test_verdicts_come_back_from_a_json_column(view: PriceView) -> None:
    stored = json.loads(json.dumps(verdicts_json(view.verdicts)))
    assert verdicts_from_json(stored) == view.verdicts


def test_a_real_round_is_small() -> None:
    teller = Teller(policy_of(10))
    decided = teller.tell("45000", sources=10)
    assert len(encode_view(decided.view)) < 1_500
    assert len(json.dumps(verdicts_json(decided.aggregate.verdicts))) < 1_500


GOOD = encode_view(Teller().tell("45000").view)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"{}",
        GOOD[:-1],
        GOOD + b"\x00",
        msgspec.msgpack.encode((VERSION, {})),
        msgspec.msgpack.encode((VERSION + 1, msgspec.msgpack.decode(GOOD)[1])),
        msgspec.msgpack.encode((VERSION, {**msgspec.msgpack.decode(GOOD)[1], "round_id": "1"})),
        msgspec.msgpack.encode((VERSION, {**msgspec.msgpack.decode(GOOD)[1], "round_id": 1.5})),
        msgspec.msgpack.encode((VERSION, {**msgspec.msgpack.decode(GOOD)[1], "refusal": "NO_SUCH"})),
    ],
)
def test_bytes_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPrice):
        decode_view(data)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_decode_or_be_refused(data: bytes) -> None:
    try:
        decode_view(data)
    except MalformedPrice:
        return


@pytest.mark.parametrize(
    "content",
    [None, {}, [], [VERSION + 1], "1", [VERSION, []], [VERSION, ["a"]], [VERSION, [1] * 12], [VERSION, "x"]],
)
def test_verdicts_of_another_shape_are_refused(content: object) -> None:
    with pytest.raises(MalformedPrice):
        verdicts_from_json(content)


def test_a_policy_comes_back_with_the_sources_it_is_given() -> None:
    policy = policy_of(3, min_sources=2, version=9)
    assert policy_from_json(policy_json(policy), 9, policy.sources) == policy


def test_figures_that_an_older_release_did_not_know_have_their_defaults() -> None:
    assert policy_from_json({"min_sources": 5}) == replace(Policy(), min_sources=5)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"min_sources": "3"},
        {"min_sources": True},
        {"min_sources": 0},
        {"no_such_figure": 1},
        {"accepted_jump_ppm": 300_000},
        *({name: most + 1} for name, (_, most) in LIMITS.items()),
        *({name: least - 1} for name, (least, _) in LIMITS.items()),
    ],
)
def test_a_policy_out_of_its_ranges_is_refused(content: object) -> None:
    with pytest.raises(MalformedPrice):
        policy_from_json(content)


def test_every_quote_of_a_round_has_one_line() -> None:
    decided = Teller().tell("45000")
    assert len(verdicts_json(decided.aggregate.verdicts)) == 1 + len(quotes_of("1", "1", "1", now_ms=NOW))
