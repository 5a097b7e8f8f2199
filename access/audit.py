"""How an audit entry is hashed. The hash covers every column but the id, and the hash of the entry before."""

import hashlib
import json

from access.models import AuditEntry

GENESIS = "0" * 64


def entry_hash(entry: AuditEntry) -> str:
    content = [
        entry.previous_hash,
        entry.at.isoformat(timespec="microseconds"),
        entry.user_id,
        entry.key_id,
        entry.action,
        entry.subject,
        entry.before,
        entry.after,
        entry.ip,
        entry.user_agent,
        entry.request_id,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
