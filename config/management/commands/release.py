"""The release step of a deploy: the database brought up to date, and what every installation has."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.deploy_checks import is_production
from config.operators import seed_operators
from custody.services.wallet_keys import learn_keys
from exchange.services.demo import seed_demo
from exchange.services.markets import open_shard
from ledger.services import seed_assets
from oracle.services.terms import seed_sources
from vaults.services.figures import version_in_force
from vaults.services.rate import begin_accumulator


class Command(BaseCommand):
    help = "Check, migrate, make the reference data: assets, shards, price sources, operators. Repeatable."

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]  # stubs
        """Of production all that `check --deploy` asks, and warnings count: what fails blocks the deploy."""
        if not is_production():
            return {}
        return {"include_deployment_checks": True, "fail_level": checks.WARNING, "databases": ["default"]}

    def handle(self, *_: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        seed_assets()
        for number in range(settings.SHARDS):
            open_shard(number=number)
        seed_sources()
        version_in_force()
        begin_accumulator(timezone.now())
        if settings.CUSTODY:
            learn_keys()  # what is away now the watcher asks later
        seed_operators()
        if settings.DEMO:
            seed_demo()
