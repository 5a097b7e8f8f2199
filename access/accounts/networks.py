"""From which networks people have logged in, for who has to judge a request. It never decides about one."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from access.limits import block_of
from access.models import Login

MOST_LOGINS = 2_000


@dataclass(slots=True)
class Networks:
    """When each network was first seen with one user, as far as logins are kept."""

    first: dict[str, datetime] = field(default_factory=dict)

    def since(self, ip: str) -> datetime | None:
        """None for one that he never logged in from."""
        return self.first.get(block_of(ip))


def networks_of(user_ids: Collection[int]) -> dict[int, Networks]:
    """By user, of their latest logins; who never logged in is not among them."""
    found: dict[int, Networks] = defaultdict(Networks)
    logins = Login.objects.filter(user_id__in=user_ids).order_by("-created_at")
    for user_id, ip, at in logins.values_list("user_id", "ip", "created_at")[:MOST_LOGINS]:
        if ip:
            first = found[user_id].first
            first[block_of(ip)] = min(at, first.get(block_of(ip), at))
    return dict(found)
