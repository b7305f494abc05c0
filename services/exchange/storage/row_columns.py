"""An outbound row as columns, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.exchange.domain.mapping import Problem, canonical
from services.exchange.domain.rows import OutboundRow, RowState

COLUMNS: Final = (
    "id, owner_department, peer, dataset, source_key, source_version, row_key, version, op, record, overrides,"
    " schema_version, body, digest, state, problems, occurred_at, staged_at, batch_id, receipt_no, is_duplicate,"
    " settled_at"
)


def values_of(row: OutboundRow) -> Sequence[Any]:
    """In the order of `COLUMNS`."""
    return (
        row.id,
        row.owner_department,
        row.peer,
        row.dataset,
        row.source_key,
        row.source_version,
        row.row_key,
        row.version,
        row.op,
        canonical(row.record),
        canonical(row.overrides),
        row.schema,
        row.body,
        row.digest,
        row.state.value,
        problems_text(row.problems),
        row.occurred_at,
        row.staged_at,
        row.batch_id,
        row.receipt_no,
        row.is_duplicate,
        row.settled_at,
    )


def problems_text(problems: Sequence[Problem]) -> str:
    return json.dumps([[one.code, one.field, one.text] for one in problems], ensure_ascii=False)


def row_of(row: Mapping[str, Any]) -> OutboundRow:
    return OutboundRow(
        id=row["id"],
        owner_department=row["owner_department"],
        peer=row["peer"],
        dataset=row["dataset"],
        source_key=row["source_key"],
        source_version=row["source_version"],
        row_key=row["row_key"],
        version=row["version"],
        op=row["op"],
        record=json.loads(row["record"]),
        overrides=json.loads(row["overrides"]),
        schema=row["schema_version"],
        body=row["body"],
        digest=row["digest"],
        state=RowState(row["state"]),
        problems=tuple(Problem(*one) for one in json.loads(row["problems"])),
        occurred_at=row["occurred_at"],
        staged_at=row["staged_at"],
        batch_id=row["batch_id"],
        receipt_no=row["receipt_no"],
        is_duplicate=row["is_duplicate"],
        settled_at=row["settled_at"],
    )
