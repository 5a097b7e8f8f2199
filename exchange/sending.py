"""From commands of one request to their outcomes: which shard, which id, which error. Renders nothing."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from access.errors import DomainError
from access.threads import in_thread
from exchange.engine.commands import Command
from exchange.errors import NotAccepted, OutcomeUnknown
from exchange.outcomes import accepted_events, refusal_of
from exchange.selectors import market_of, shards
from exchange.web_gateway import gateway
from exchange.wire import Reply

# A command without an accepting reply has a refusal that says what is known of it.
Outcome = Reply | DomainError


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, until when the engine may take it, and the ids of the commands that come of it.

    `command_id` makes one of (shard, place in the request): the same for a replay of the same request.
    `queued` is called once the commands stand in the queue: what is sent after that comes after them.
    """

    account: int
    deadline_ns: int
    command_id: Callable[[int, int], UUID]
    queued: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Sent:
    """One command of a request, its shard, and its place in the request."""

    index: int
    shard: int
    command: Command


async def reply_of(sender: Sender, sent: Sent) -> Reply:
    """Raises EngineRefusal, NotAccepted, OutcomeUnknown."""
    reply = await gateway().execute(
        shard=sent.shard,
        command=sent.command,
        command_id=sender.command_id(sent.shard, sent.index),
        queued=sender.queued,
    )
    accepted_events(reply)
    return reply


async def outcomes_of(sender: Sender, sent: Sequence[Sent]) -> list[Outcome]:
    """One for each, in their order. The commands of a shard enter its queue in one step, all or none.

    Raises NotAccepted where no shard took any.
    """
    by_shard: dict[int, list[Sent]] = {}
    for one in sent:
        by_shard.setdefault(one.shard, []).append(one)
    left = len(by_shard)

    def queued() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            sender.queued()

    answers = await asyncio.gather(*(_of_shard(sender, group, queued) for group in by_shard.values()))
    found = {id(one): outcome for answer in answers for one, outcome in answer}
    outcomes = [found[id(one)] for one in sent]
    if outcomes and all(isinstance(outcome, NotAccepted) for outcome in outcomes):
        raise outcomes[0]  # type: ignore[misc]  # each of them is a NotAccepted
    return outcomes


async def outcomes_of_shards(sender: Sender, market: str | None, command: Command) -> dict[int, Outcome]:
    """The command's outcome in the shard of the market, or in all: each is asked, whatever another says.

    Raises MarketNotFound, and what went wrong where it is the same everywhere.
    """
    numbers = [(await market_of(market)).shard_id] if market else await in_thread(shards)
    outcomes = await outcomes_of(sender, [Sent(0, shard, command) for shard in numbers])
    first = outcomes[0]
    if isinstance(first, DomainError) and all(_is_refusal(one, first.code) for one in outcomes):
        raise first
    return dict(zip(numbers, outcomes, strict=True))


def _is_refusal(outcome: Outcome, code: str) -> bool:
    return isinstance(outcome, DomainError) and outcome.code == code


def known(outcome: Outcome) -> Reply:
    """Raises the refusal."""
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def _of_shard(
    sender: Sender, group: Sequence[Sent], queued: Callable[[], None]
) -> list[tuple[Sent, Outcome]]:
    commands = [(one.command, sender.command_id(one.shard, one.index)) for one in group]
    try:
        replies = await gateway().execute_all(shard=group[0].shard, commands=commands, queued=queued)
    except NotAccepted as error:
        return [(one, error) for one in group]
    return [(one, _outcome(reply)) for one, reply in zip(group, replies, strict=True)]


def _outcome(reply: Reply | None) -> Outcome:
    if reply is None:
        return OutcomeUnknown()
    return refusal_of(reply) or reply
