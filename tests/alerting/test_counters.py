"""By how much counters grew: over restarts of processes, over what appears and what is away for a while."""

import pytest

from health.alerting.samples import LONGEST_WINDOW_S, Looked, Memory, advance, read_page
from health.alerting.vectors import Increase, Match, begins, none_of, one_of, select

BAD = Increase(select("hits_total", one_of("kind", "bad")), 600, by=("path",))
ALL = Increase(select("hits_total"), 600)


def line(value: float, *, kind: str = "bad", path: str = "/a", instance: str = "a:1") -> str:
    return f'hits_total{{process="web",instance="{instance}",kind="{kind}",path="{path}"}} {value}\n'


def grown(pages: list[str], vector: Increase, every_s: int = 15) -> dict[tuple[tuple[str, str], ...], float]:
    memory, now_s, series = Memory(), 1_000.0, {}
    for page in pages:
        now_s += every_s
        series = read_page(page, {vector.selector})
        memory = advance(memory, series, [vector], now_s)
    found = Looked(series, memory, now_s).grown(vector)
    assert found is not None
    return found


def test_what_was_before_the_first_page_does_not_count() -> None:
    assert grown([line(1_000)], BAD) == {(("path", "/a"),): 0}
    assert grown([line(1_000), line(1_004)], BAD) == {(("path", "/a"),): 4}


def test_what_appears_counts_from_nothing() -> None:
    assert grown(["up 1\n", line(3)], BAD) == {(("path", "/a"),): 3}


def test_a_process_that_began_anew_counts_on() -> None:
    assert grown([line(100), line(110), line(2), line(5)], ALL) == {(): 15}
    again = [line(100), line(110), line(2, instance="a:2"), line(5, instance="a:2")]
    assert grown(again, ALL) == {(): 15}


def test_what_is_away_for_a_while_is_not_counted_twice() -> None:
    assert grown([line(100), line(104), "up 1\n", "up 1\n", line(105)], ALL) == {(): 5}


def test_groups_are_sums_and_only_of_what_is_chosen() -> None:
    first = line(0) + line(0, path="/b") + line(0, kind="good")
    second = line(2) + line(3, path="/b") + line(50, kind="good")
    assert grown([first, second], BAD) == {(("path", "/a"),): 2, (("path", "/b"),): 3}
    assert grown([first, second], ALL) == {(): 55}


def test_what_is_older_than_the_window_is_forgotten() -> None:
    pages = [line(0), line(7), *[line(7)] * 50]
    assert grown(pages, ALL) == {(): 0}
    memory, series = Memory(), read_page(line(0), {ALL.selector})
    for turn in range(LONGEST_WINDOW_S):
        series = read_page(line(turn), {ALL.selector})
        memory = advance(memory, series, [ALL], 15.0 * turn)
    assert len(memory.steps) <= LONGEST_WINDOW_S // 15 + 1
    assert len(memory.last) == 1


def test_a_label_may_hold_anything() -> None:
    odd = 'hits_total{kind="bad",path="/a b{c}, d=\\"e\\" \\\\ \\n"} 1\n'
    (sample,) = read_page(odd, {BAD.selector})["hits_total"]
    assert sample.labels == {"kind": "bad", "path": '/a b{c}, d="e" \\ \n'}


@pytest.mark.parametrize(
    "page", ["", "\n", "hits_total\n", "hits_total{ 1\n", "hits_total x\n", "# hits_total 1\n"]
)
def test_what_is_no_sample_is_passed_over(page: str) -> None:
    found = read_page(page, {ALL.selector}).get("hits_total", [])
    assert [one for one in found if one.value != 1] == []


@pytest.mark.parametrize(
    ("match", "fits", "promql"),
    [
        (one_of("a", "x"), {"x"}, 'a="x"'),
        (one_of("a", "x", "y"), {"x", "y"}, 'a=~"x|y"'),
        (none_of("a", "x"), {"y", "xx", ""}, 'a!="x"'),
        (none_of("a", "x", "y"), {"xx", ""}, 'a!~"x|y"'),
        (begins("a", "x"), {"x", "xx"}, 'a=~"x.*"'),
        (one_of("a", "1.0"), set(), 'a="1.0"'),
    ],
)
def test_a_match_means_the_same_in_both_languages(match: Match, fits: set[str], promql: str) -> None:
    values = ("x", "y", "xx", "")
    assert {value for value in values if match.holds({"a": value})} == fits
    assert match.promql() == promql


def test_what_would_be_a_pattern_is_no_value() -> None:
    with pytest.raises(AssertionError):
        one_of("a", "x|y")
