"""Cases of which a few stand for all in `make test`; `make long` tries every other one."""

from collections.abc import Sequence
from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

T = TypeVar("T")


def represented(cases: Sequence[T], by: Sequence[T]) -> list[ParameterSet]:
    """Parameters of a test, in their order."""
    return [pytest.param(one, marks=() if one in by else pytest.mark.long) for one in cases]
