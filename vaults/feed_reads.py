"""Reads what an owner's vaults are and what became of them, for sockets. Everything here blocks: call it in a
thread."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from access.sockets.frames import Frame, encode
from ledger.streams import events_of
from vaults.models import Vault
from vaults.rendering import Shown, render_event, render_vault
from vaults.rules.statuses import VaultStatus
from vaults.selectors import vault_rows, views_of
from vaults.selectors_pages import event_counts, versions_of

MAX_FOLLOWED = 1_000  # vaults of one owner, the latest
MAX_PICTURED = 200  # in a snapshot, so that it is no larger than what may wait for a reader
REPLAY_PAGE = 100
REPLAY_LIMIT = 1_000
_CHUNK = 500

Versions = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """`versions`: all that are followed, shown or not."""

    versions: Versions
    frame: Frame


@dataclass(frozen=True, slots=True)
class News:
    """Frames in the order of each vault's versions, and where each of these vaults is after them."""

    frames: list[Frame]
    versions: Versions
    is_all: bool


def picture_of(owner_id: int) -> Picture:
    """Shows the vaults that are not closed. What happens between the two reads is in the picture."""
    versions = versions_of(owner_id, limit=MAX_FOLLOWED)
    standing = vault_rows(owner_id).exclude(status=VaultStatus.CLOSED).order_by("-created_at", "-pk")
    rows = list(standing[:MAX_PICTURED])
    shown = [render_vault(view) for view in views_of(rows, timezone.now())]
    known = {**versions, **{row.pk: row.version for row in rows}}
    return Picture(known, encode({"channel": "vaults", "type": "snapshot", "vaults": shown}))


def news_after(owner_id: int, known: Versions) -> News | None:
    """At most REPLAY_PAGE events. None where more than REPLAY_LIMIT are missing, or what is known is not."""
    now_at = versions_of(owner_id, limit=MAX_FOLLOWED)
    behind = {vault_id: version - known.get(vault_id, 0) for vault_id, version in now_at.items()}
    is_impossible = any(missing < 0 for missing in behind.values()) or any(one not in now_at for one in known)
    if is_impossible or sum(behind.values()) > REPLAY_LIMIT:
        return None
    late = [vault_id for vault_id, missing in behind.items() if missing][:REPLAY_PAGE]
    frames: list[Frame] = []
    reached: dict[UUID, int] = {}
    for row, shown in _shown(owner_id, late):
        for event in _events(row, known.get(row.pk, 0), REPLAY_PAGE - len(frames)):
            reached[row.pk] = int(str(event["version"]))
            frames.append(_frame(row, event, shown))
    is_all = all(reached.get(vault_id, 0) >= now_at[vault_id] for vault_id in late)
    return News(frames, reached, is_all and len(late) < REPLAY_PAGE)


def _shown(owner_id: int, vault_ids: Collection[UUID]) -> Iterator[tuple[Vault, Shown]]:
    if vault_ids:
        rows = list(vault_rows(owner_id).filter(pk__in=vault_ids))
        for view in views_of(rows, timezone.now()):
            yield view.vault, render_vault(view)


def _events(row: Vault, after: int, limit: int) -> list[Shown]:
    if limit <= 0:
        return []
    found = events_of(row.stream, after=after, limit=limit)
    # What was committed since the vault was read comes next time, with a vault that knows of it.
    known = [one for one in found if one.version <= row.version]
    return [render_event(one.version, one.name, one.created_at, one.data) for one in known]


def _frame(row: Vault, event: Shown, shown: Shown) -> Frame:
    """`vault` is as it is now: after this event or a later one."""
    content = {"channel": "vaults", "type": "update", "vault_id": str(row.pk), **event, "vault": shown}
    return encode(content)


def counts_of(owner_ids: list[int]) -> dict[int, int]:
    """Of each owner, how many events his vaults have had."""
    found: dict[int, int] = {}
    for start in range(0, len(owner_ids), _CHUNK):
        found.update(event_counts(owner_ids[start : start + _CHUNK]))
    return found
