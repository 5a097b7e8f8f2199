"""What ccxt's own test-suite found, read from what it prints, for it leaves with 0 even when it failed. Pure.

A method passed where the suite says that it began and that it was done, and no line says that it failed. Who
says nothing at all has not passed: the methods that must be there are named by whoever asks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Each of these is a failure to ccxt's maintainers or to us: a warning is a method that could not be tried.
_BAD = ("[TEST_FAILURE", "[TEST_WARNING]")
_WIDEST = 1_000
_DONE = re.compile(r"^\[INFO\] TESTING DONE\s+\S+ (\S+)", re.MULTILINE)
_SKIPPED = re.compile(r"^\[INFO\] SKIPPED_TEST\s+\S+ (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`done` and `skipped` are names of methods, `wrong` the lines that say why it failed."""

    done: frozenset[str]
    skipped: frozenset[str]
    wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.wrong


def verdict_of(output: str, exit_code: int, required: Iterable[str], skips: Iterable[str]) -> Verdict:
    """`required` must have been done, and nothing skipped but `skips`."""
    done = frozenset(_DONE.findall(output))
    skipped = frozenset(_SKIPPED.findall(output))
    wrong = list(_failures(output.splitlines()))
    if exit_code != 0:
        wrong.append(f"it left with {exit_code}")
    missing = sorted(set(required) - done)
    if missing:
        wrong.append(f"never done: {', '.join(missing)}")
    unasked = sorted(skipped - set(skips))
    if unasked:
        wrong.append(f"skipped without a reason: {', '.join(unasked)}")
    return Verdict(done, skipped, tuple(wrong))


def _failures(lines: list[str]) -> Iterator[str]:
    """Each line that says so with what stands below it, and every traceback that nobody explains."""
    at = 0
    while at < len(lines):
        first = at
        at += 1
        while at < len(lines) and not lines[at].startswith("["):
            at += 1
        text = "\n".join(line[:_WIDEST] for line in lines[first:at]).strip()
        is_explained = lines[first].startswith("[INFO")
        if lines[first].startswith(_BAD) or ("Traceback" in text and not is_explained):
            yield text
