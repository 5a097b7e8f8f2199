"""Money is integers, and what decides asks neither a clock nor chance."""

import ast
from collections.abc import Callable

import pytest

from tests.architecture.tree import parsed, pure

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


def test_rules_and_the_engine_know_no_float_and_no_true_division() -> None:
    assert found(inexact) == []


def test_rules_and_the_engine_ask_no_clock() -> None:
    assert found(asks_a_clock) == []


def found(wrong: Callable[[ast.AST], bool]) -> list[str]:
    nodes = ((path, node) for path in pure() for node in ast.walk(parsed(path)))
    return [f"{path}:{getattr(node, 'lineno', 0)}" for path, node in nodes if wrong(node)]


@pytest.mark.parametrize("text", ["x = 1.0", "x = a / b", "x /= 2", "x = float(y)"])
def test_the_rule_finds_what_it_is_for(text: str) -> None:
    assert any(inexact(node) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize("text", ["datetime.now()", "time.time()", "timezone.now()", "time_ns()"])
def test_the_rule_finds_a_clock(text: str) -> None:
    assert any(asks_a_clock(node) for node in ast.walk(ast.parse(text)))
