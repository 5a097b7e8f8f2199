"""Money is integers, and what decides asks neither a clock nor chance."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import at, parsed, pure

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}


def inexact(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=float()) | ast.Name(id="float"):
            return True
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            return True
    return False


def asks_a_clock(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name in CLOCKS
    return False


@pytest.mark.parametrize("path", pure(), ids=str)
def test_rules_and_the_engine_know_no_float_and_no_true_division(path: Path) -> None:
    assert [at(path, node) for node in ast.walk(parsed(path)) if inexact(node)] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("path", pure(), ids=str)
def test_rules_and_the_engine_ask_no_clock(path: Path) -> None:
    assert [at(path, node) for node in ast.walk(parsed(path)) if asks_a_clock(node)] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["x = 1.0", "x = a / b", "x /= 2", "x = float(y)"])
def test_the_rule_finds_what_it_is_for(text: str) -> None:
    assert any(inexact(node) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize("text", ["datetime.now()", "time.time()", "timezone.now()", "time_ns()"])
def test_the_rule_finds_a_clock(text: str) -> None:
    assert any(asks_a_clock(node) for node in ast.walk(ast.parse(text)))
