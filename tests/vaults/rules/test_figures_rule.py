"""Figures are within their limits and go together, and pass through plain values unchanged."""

from dataclasses import fields, replace

import pytest

from vaults.rules.figures import LIMITS, Figures, as_values, figures_of, wrong_figure


def test_what_the_house_begins_with_is_well() -> None:
    assert wrong_figure(as_values(Figures())) == ""


def test_every_figure_has_limits() -> None:
    assert list(LIMITS) == [field.name for field in fields(Figures)]


@pytest.mark.parametrize("name", LIMITS)
def test_a_figure_outside_its_limits_is_named(name: str) -> None:
    least, most = LIMITS[name]
    for value in (least - 1, most + 1):
        assert wrong_figure({**as_values(Figures()), name: value}) == name


@pytest.mark.parametrize(
    ("figures", "wrong"),
    [
        (replace(Figures(), min_ratio_ppm=1_400_000), "liquidation_ratio_ppm"),
        (replace(Figures(), warning_ratio_ppm=1_400_000), "liquidation_ratio_ppm"),
        (replace(Figures(), target_ratio_ppm=1_499_999), "liquidation_ratio_ppm"),
        (replace(Figures(), gradual_ratio_ppm=1_500_001), "gradual_ratio_ppm"),
        (replace(Figures(), debt_floor_atoms=2 * 10**14), "debt_floor_atoms"),
        (replace(Figures(), penalty_ppm=600_000), "penalty_ppm"),
    ],
)
def test_figures_that_do_not_go_together_are_named(figures: Figures, wrong: str) -> None:
    assert wrong_figure(as_values(figures)) == wrong


def test_figures_come_back_from_their_values() -> None:
    figures = replace(Figures(), stability_fee_ppm=35_000)
    assert figures_of({**as_values(figures), "something_else": 1}) == figures
