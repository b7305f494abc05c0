"""`ssj export-audit`: everything a service's database says of its acts and facts, for the offline verifier.

One JSON object a line: the head, places, audit rows, events, checkpoints, what the public is shown, the end with the
count. Read in one snapshot as the database's administrator, past row-level security: a trail is of all districts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import asyncpg

from deploy.embedded.attach import attach
from deploy.embedded.provision_postgres import database_name, dsn_of
from shared.runtime.audit_rows import AUDIT, AUDIT_COLUMNS, EVENT, shown
from shared.runtime.outbox import COLUMNS as EVENT_COLUMNS

FORMAT: Final = "ssj-trail-1"
_PLACES: Final = (
    "SELECT seq, kind AS of, row_id, log_seq, encode(leaf, 'hex') AS leaf, encode(chain, 'hex') AS chain"
    " FROM audit_places ORDER BY seq"
)
_CHECKPOINTS: Final = (
    "SELECT number, size, body, encode(signature, 'hex') AS signature FROM audit_checkpoints ORDER BY number"
)
_PUBLISHED: Final = {
    "results": "SELECT 'result_versions' AS table, record_id, version, kind AS version_kind, reason, body, digest"
    " FROM result_versions ORDER BY record_id, version",
    "draw": "SELECT 'log_documents' AS table, district, log_seq, kind AS document_kind, text FROM log_documents"
    " ORDER BY district, log_seq",
}
"""What the public is shown, by the service that shows it: compared with the events that told of it."""


async def trail_lines(driver: asyncpg.Connection[Any], service: str) -> AsyncIterator[dict[str, Any]]:
    """The export line by line, inside the caller's transaction."""
    count = 1
    yield {"kind": "trail", "format": FORMAT, "service": service}
    parts = [
        ("place", _PLACES),
        (AUDIT, f"SELECT {AUDIT_COLUMNS} FROM audits ORDER BY id"),  # noqa: S608 - constants only
        (EVENT, f"SELECT {EVENT_COLUMNS} FROM outboxes ORDER BY producer_seq"),  # noqa: S608
        ("checkpoint", _CHECKPOINTS),
    ]
    if service in _PUBLISHED:
        parts.append(("published", _PUBLISHED[service]))
    for kind, query in parts:
        async for row in driver.cursor(query, prefetch=500):
            count += 1
            yield shown(kind, row)
    yield {"kind": "end", "lines": count}


async def export_trail(dsn: str, service: str, into: Path) -> int:
    """Writes the export; returns its lines."""
    driver = await asyncpg.connect(dsn, timeout=5)
    count = 0
    try:
        async with driver.transaction(isolation="repeatable_read", readonly=True):
            with into.open("w", encoding="utf-8") as file:
                async for line in trail_lines(driver, service):
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += 1
    finally:
        await driver.close()
    return count


def export_of(data: Path, service: str, into: Path, dsn: str | None) -> int:
    """Of the platform running on `data`, or of the database at `dsn`. Raises DataFolderUnusable."""
    if dsn is None:
        dsn = dsn_of(attach(data).admin_dsn, database_name(service))
    return asyncio.run(export_trail(dsn, service, into))
