"""Follows the chain: one turn asks the source, tells the facts, and lets money follow them.

A turn may be cut anywhere and by anybody: facts are told whole or not, and reviews find what is left to do.
"""

from django.conf import settings
from django.db import transaction

from custody.chains.source import ChainFailure, ChainSource, SourceState
from custody.faults import fault_point
from custody.meters import note_blocks
from custody.models import ChainPosition
from custody.services.position import (
    Overtaken,
    lock_position,
    note_failure,
    note_poll,
    read_position,
    telling,
)
from custody.services.watching.branches import Branch, beginning, next_branch
from custody.services.watching.facts import connect, undo
from custody.services.watching.reviews import review
from custody.services.watching.sightings import Sightings


class Watcher:
    """Of one process. Several may run: who planned on facts that another has changed begins anew."""

    def __init__(self, source: ChainSource) -> None:
        self._source = source
        self._sightings = Sightings()

    def run_once(self) -> bool:
        """Whether it found work, so that another turn should follow at once. Never raises for the source."""
        try:
            found = self._follow()
        except Overtaken:
            found = True
        except ChainFailure as error:
            note_failure(str(error))
            found = False
        return review() or found

    def _follow(self) -> bool:
        state = self._source.check()
        position = read_position()
        if not position.block_hash and position.height < 0:
            position = self._begin(state)
        branch = next_branch(self._source, position, state)
        fault_point("fetched")
        if branch is not None:
            position = self._tell(position, branch)
        note_poll(state)
        if position.height < state.height:
            return True
        more = self._sightings.look(self._source, position)
        fault_point("sighted")
        return more or branch is not None

    def _begin(self, state: SourceState) -> ChainPosition:
        anchor = beginning(self._source, state, settings.CHAIN_START_HEIGHT)
        with transaction.atomic():
            position = lock_position()
            if anchor is not None and position.height < 0:
                connect([anchor])
                position.height, position.block_hash = anchor.height, anchor.block_hash
                position.save(update_fields=["height", "block_hash"])
        return position

    def _tell(self, planned_on: ChainPosition, branch: Branch) -> ChainPosition:
        with telling(planned_on) as position:
            if branch.fork_height < position.height:
                self._sightings.look_again(undo(branch.fork_height))
                fault_point("undone")
            connect(branch.blocks)
            fault_point("connected")
            position.height, position.block_hash = branch.blocks[-1].height, branch.blocks[-1].block_hash
        note_blocks(len(branch.blocks), planned_on.height - branch.fork_height)
        fault_point("told")
        return position


def run_once(source: ChainSource) -> bool:
    """One turn of a watcher that has just begun."""
    return Watcher(source).run_once()
