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
    "id, district, actor, act_for, department, roles, action, command::text AS command, event_ids, request_id,"
    " acted_at, outcome"
)
AUDITS_WAITING: Final = (
    "WITH slice AS MATERIALIZED (SELECT id FROM audits WHERE id > $1 ORDER BY id LIMIT $2)"
    " SELECT (SELECT id FROM slice ORDER BY id DESC LIMIT 1) AS last, array(SELECT id FROM slice AS s WHERE NOT EXISTS"
    " (SELECT FROM audit_places AS p WHERE p.row_id = s.id) ORDER BY id) AS waiting"
)
"""Of the next audit rows by id, which have no place; in slices, so that no statement grows with the table."""
AUDITS: Final = f"SELECT {AUDIT_COLUMNS} FROM audits WHERE id = ANY ($1::uuid[]) ORDER BY id"  # noqa: S608 - constants
EVENTS_AFTER: Final = f"SELECT {EVENT_COLUMNS} FROM outboxes WHERE producer_seq > $1 ORDER BY producer_seq LIMIT $2"  # noqa: S608


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
