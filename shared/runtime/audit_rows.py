"""What a place of the audit chain stands for: an audit row or an event, as one canonical text.

The text is JSON with sorted members, without spaces, in UTF-8; an offline verifier makes the same text of an exported
row with nothing but a JSON library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from shared.runtime.outbox import COLUMNS as EVENT_COLUMNS

AUDIT: Final = "audit"
EVENT: Final = "event"
AUDIT_COLUMNS: Final = (
    "id, district, actor, act_for, department, roles, action, command::text AS command, event_ids, request_id, acted_at,"
    " outcome"
)
_OF_A: Final = ", ".join(f"a.{column}" for column in AUDIT_COLUMNS.split(", "))
AUDITS_WITHOUT_PLACE: Final = (
    f"SELECT {_OF_A} FROM audits AS a WHERE a.id > $1"  # noqa: S608 - constants only
    " AND NOT EXISTS (SELECT FROM audit_places AS p WHERE p.row_id = a.id) ORDER BY a.id LIMIT $2"
)
EVENTS_AFTER: Final = (
    f"SELECT {EVENT_COLUMNS} FROM outboxes WHERE producer_seq > $1 ORDER BY producer_seq LIMIT $2"  # noqa: S608
)


def shown(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as exports and canonical texts have it."""
    return {"kind": kind, **{name: _plain(value) for name, value in row.items()}}


def canonical(row: Mapping[str, Any]) -> bytes:
    """The text that a leaf is the hash of."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
