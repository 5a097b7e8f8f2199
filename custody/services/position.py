"""Where the chain is told up to, and the lock under which more is told.

Sources are asked without it; who then finds other facts than those that he has planned on begins anew.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from custody.chains.source import SourceState
from custody.models import ChainPosition
from custody.services.wallet_keys import network

logger = logging.getLogger(__name__)

_ONLY = 1
_LONGEST = 200


class Overtaken(Exception):
    """Somebody else has told facts meanwhile: what was planned without them is dropped."""


def read_position() -> ChainPosition:
    position, _ = ChainPosition.objects.get_or_create(pk=_ONLY, defaults={"network": network()})
    assert position.network == network(), f"these are facts of {position.network}: another database is needed"
    return position


def lock_position() -> ChainPosition:
    """Inside a transaction: no fact changes until it ends."""
    return ChainPosition.objects.select_for_update().get(pk=_ONLY)


@contextmanager
def telling(planned_on: ChainPosition) -> Iterator[ChainPosition]:
    """One transaction that tells facts. Raises Overtaken where the position is not the one planned on."""
    with transaction.atomic():
        position = lock_position()
        if position.facts_number != planned_on.facts_number:
            raise Overtaken
        yield position
        position.facts_number += 1
        position.save(update_fields=["height", "block_hash", "facts_number"])


def note_poll(state: SourceState) -> None:
    ChainPosition.objects.filter(pk=_ONLY).update(
        tip_height=state.height, peers=state.peers, polled_at=timezone.now(), unfit=""
    )


def note_failure(reason: str) -> None:
    """The source is silent or not believed. `polled_at` stays that of the last good poll."""
    reason = reason[:_LONGEST]
    if ChainPosition.objects.filter(pk=_ONLY).exclude(unfit=reason).update(unfit=reason):
        logger.warning("the chain source: %s", reason)


def note_review(number: int) -> None:
    """All that follows from the facts up to `number` is done."""
    ChainPosition.objects.filter(pk=_ONLY, reviewed_number__lt=number).update(reviewed_number=number)
