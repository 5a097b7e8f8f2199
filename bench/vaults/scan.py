"""A house of so many vaults, whose price falls in steps: `python -m bench.vaults.scan VAULTS RUNS`, JSON out.

Each step makes so many more liquidatable. Those are found; found by looking at every vault; and entered.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from statistics import median

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  (models need django.setup first)
from django.db import connection  # noqa: E402

from bench.house import Wrong  # noqa: E402
from oracle.models import Current  # noqa: E402
from oracle.rules import Band  # noqa: E402
from oracle.rules.encoding import encode_view  # noqa: E402
from oracle.selectors import NO_ROUND  # noqa: E402
from vaults.models import Vault  # noqa: E402
from vaults.rules.accumulator import RAY  # noqa: E402
from vaults.rules.figures import Figures  # noqa: E402
from vaults.rules.statuses import VaultEvent  # noqa: E402
from vaults.selectors_scan import Question, candidates  # noqa: E402
from vaults.services.rate import begin_accumulator  # noqa: E402
from vaults.services.scanning import run_once  # noqa: E402
from vaults.simulation.population import population  # noqa: E402
from vaults.simulation.shadow import fill  # noqa: E402

STEPS = (0, 100, 1_000, 10_000)
PRICE = 60_000 * 10**8  # when the vaults were made
NOW = 54_000 * 10**8  # in the midst of a fall: the next to go stand close to each other
SEED = 1
# What anybody would write without stored keys: the ratio of every vault, exactly.
FULL = """
SELECT vault.id FROM vaults_vault AS vault
JOIN vaults_figuresversion AS figures ON figures.id = vault.figures_id
WHERE vault.status IN ('ACTIVE', 'WARNING')
  AND vault.collateral_sats::numeric * %(price)s * 1000000
    < ceil(vault.normalised_atoms * %(rate)s / 1e27::numeric) * figures.liquidation_ratio_ppm * 100000000"""


@dataclass(frozen=True, slots=True)
class Step:
    """Milliseconds; medians of the runs, but entering happens once. `found` is by all four questions,
    `liquidatable` by the first of them."""

    liquidatable: int
    liquidatable_ms: float
    found: int
    found_ms: float
    full_ms: float
    entered: int
    entered_ms: float


def main(vaults: int, runs: int) -> None:
    now = datetime.now(UTC)
    begin_accumulator(now)
    owner = User.objects.create(username="bench")
    fill(population(vaults, SEED, PRICE, Figures()), Figures(), NOW, now, owner.pk)
    _execute("VACUUM ANALYZE vaults_vault")
    json.dump([asdict(_step(hits, runs)) for hits in STEPS], sys.stdout)


def _step(hits: int, runs: int) -> Step:
    """A tick from a price at which nobody has to change to one at which so many more are liquidatable."""
    _enter(_price_below(0), 0)
    _execute("VACUUM vaults_vault")
    price_e8 = _price_below(hits)
    liquidatable = len(candidates(Question.LIQUIDATE, price_e8=price_e8, rate_ray=RAY))
    if liquidatable != hits:
        raise Wrong(f"{liquidatable} vaults are liquidatable, and not {hits}")
    found = sum(len(candidates(question, price_e8=price_e8, rate_ray=RAY)) for question in Question)
    first_ms = median(_ms(lambda: _find(price_e8, Question.LIQUIDATE)) for _ in range(20 * runs))
    found_ms = median(_ms(lambda: _find(price_e8, *Question)) for _ in range(20 * runs))
    full_ms = median(_ms(lambda: _execute(FULL, {"price": price_e8, "rate": RAY})) for _ in range(runs))
    entered, entered_ms = _enter(price_e8, hits)
    return Step(hits, first_ms, found, found_ms, full_ms, entered, entered_ms)


def _price_below(hits: int) -> int:
    """The edge of the next one."""
    keys = Vault.objects.filter(status__in=("ACTIVE", "WARNING")).order_by("-liquidation_key")
    key = keys.values_list("liquidation_key", flat=True)[hits]
    assert key is not None
    return key


def _find(price_e8: int, *questions: Question) -> None:
    for question in questions:
        candidates(question, price_e8=price_e8, rate_ray=RAY)


def _enter(price_e8: int, hits: int) -> tuple[int, float]:
    """By turns of the scan, with their events, notices and broadcasts."""
    liquidated = entered = 0
    took_ms = 0.0
    while True:
        now = datetime.now(UTC)
        _put_price(price_e8, now)
        began = time.perf_counter()
        scan = run_once(now)
        took_ms += (time.perf_counter() - began) * 1e3
        liquidated += scan.entered.get(VaultEvent.LIQUIDATE, 0)
        entered += scan.changed
        if scan.is_whole:
            break
    if scan.refused or liquidated != hits:
        raise Wrong(f"{liquidated} vaults were entered, and not {hits}: {scan}")
    return entered, took_ms


def _put_price(price_e8: int, now: datetime) -> None:
    band = Band(price_e8, 0, int(now.timestamp() * 1000))
    view = replace(NO_ROUND, round_id=1, round_ms=band.time_ms, last=band, confirming=band)
    Current.objects.update_or_create(pk=1, defaults={"view": encode_view(view)})


def _ms(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def _execute(query: str, given: dict[str, int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        if cursor.description:
            cursor.fetchall()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
