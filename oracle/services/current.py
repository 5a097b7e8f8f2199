"""The one row with the current price: locked before anything changes it, told to all after the commit."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import redis
from django.db import transaction

from access.redis_client import brief_redis
from oracle.models import Current, Incident, IncidentKind
from oracle.rules.encoding import MalformedPrice, decode_view, encode_view
from oracle.rules.view import Halt, PriceView
from oracle.selectors import NO_ROUND, view_of

logger = logging.getLogger(__name__)

PRICE_KEY = "oracle:price"
PRICES_CHANNEL = "oracle:prices"
MAX_UNCOMMITTED = 10_000
_ONE = 1


def lock_current() -> Current:
    """Inside a transaction, which then is the only one that changes the price until it ends."""
    assert transaction.get_connection().in_atomic_block, "a lock lives as long as its transaction"
    found = Current.objects.select_for_update().filter(pk=_ONE).first()
    if found is not None:
        return found
    Current.objects.get_or_create(pk=_ONE)
    return Current.objects.select_for_update().get(pk=_ONE)


def latest_ms(current: Current) -> int:
    """The time of the latest round; 0 before the first one."""
    view = view_of(current)
    return 0 if view is None else view.round_ms


def open_incidents() -> dict[str, Incident]:
    """By kind: there is at most one of each."""
    return {one.kind: one for one in Incident.objects.filter(ended_ms__isnull=True)}


def newest_incident_id() -> int:
    """0: there never was one."""
    return Incident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def halt_of(incident: Incident) -> Halt:
    return Halt(
        reason=incident.reason,
        since_ms=incident.began_ms,
        from_e8=incident.from_e8,
        to_e8=incident.to_e8,
        jump_ppm=incident.move_ppm,
        needs_two=incident.needs_two,
    )


def with_incidents(view: PriceView, incidents: Mapping[str, Incident]) -> PriceView:
    """The view as the rows have it: whoever has ended or begun an incident meanwhile is right."""
    halted = incidents.get(IncidentKind.HALT)
    return replace(
        view,
        halt=None if halted is None else halt_of(halted),
        liquidations_paused_until_ms=_until(incidents.get(IncidentKind.LIQUIDATIONS_PAUSED)),
        minting_paused_until_ms=_until(incidents.get(IncidentKind.MINTING_PAUSED)),
    )


def _until(incident: Incident | None) -> int:
    return 0 if incident is None or incident.until_ms is None else incident.until_ms


def keep_view(current: Current, view: PriceView, *, tell: bool = True) -> None:
    """Write it into the locked row; it is told when the transaction has committed."""
    current.round_id = view.round_id
    data = current.view = encode_view(view)
    current.save(force_update=True)
    if tell:
        transaction.on_commit(lambda: publish_price(data))


def keep_incidents(current: Current) -> None:
    """The view of the latest round with the incidents as they are now: at once, not with the next round."""
    keep_view(current, with_incidents(view_of(current) or NO_ROUND, open_incidents()))


class _Announcing:
    """Whether the latest price of this process was announced: what is lost is logged once, and its end."""

    is_heard = True


def publish_price(data: bytes) -> None:
    """Lossy: the next round says it again. Never raises for a Redis that is away."""
    pipeline = brief_redis().pipeline(transaction=False)
    pipeline.set(PRICE_KEY, data)
    pipeline.publish(PRICES_CHANNEL, data)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        if _Announcing.is_heard:
            logger.warning("prices are not announced: %s", error)
        _Announcing.is_heard = False
    else:
        if not _Announcing.is_heard:
            logger.info("prices are announced again")
        _Announcing.is_heard = True


def announced_round(committed_id: int) -> int:
    """The number of the round that was told last, as far as it can be one of this house's; else 0."""
    try:
        data = cast(bytes | None, brief_redis().get(PRICE_KEY))
        round_id = 0 if data is None else decode_view(data).round_id
    except (redis.RedisError, MalformedPrice):
        return 0
    return round_id if round_id <= committed_id + MAX_UNCOMMITTED else 0
