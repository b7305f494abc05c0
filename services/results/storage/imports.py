"""Where results of other channels wait, and what became of each (batches of a department)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.content import Content
from services.results.domain.imports import (
    ImportRow,
    KnownRecord,
    ReadRecord,
    ResultImport,
    RowProblem,
    RowState,
)

_CONTENT: Final = TypeAdapter(Content)
_COLUMNS: Final = "import_id, number, record_no, visit_id, content, state, result_id, code, field, message"
_ADD: Final = text(
    "INSERT INTO result_imports (district, owner_department, id, source, filed_by, inspector_id, filed_at)"
    " VALUES (current_setting('ssj.district'), :department, :id, :source, :filed_by, :inspector_id, :filed_at)"
)
_ADD_ROWS: Final = text(
    "INSERT INTO result_import_rows (district, owner_department, import_id, number, record_no, visit_id, content,"
    " state, code, field, message) SELECT current_setting('ssj.district'), :department, :import_id, number, record_no,"
    " visit_id, content, state, code, field, message FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r"
    " (number integer, record_no text, visit_id uuid, content jsonb, state text, code text, field text, message text)"
)
_SHOWN: Final = (
    "SELECT i.id, i.owner_department, i.source, i.filed_by, i.inspector_id, i.filed_at,"
    " (SELECT jsonb_object_agg(c.state, c.count) FROM (SELECT r.state, count(*) AS count FROM result_import_rows r"
    "  WHERE r.district = i.district AND r.import_id = i.id GROUP BY r.state) c) AS counts FROM result_imports i"
)
_FIND: Final = text(f"{_SHOWN} WHERE i.id = :id")
_PAGE: Final = text(
    f"{_SHOWN} WHERE (CAST(:source AS text) IS NULL OR i.source = :source)"
    " AND (CAST(:after AS uuid) IS NULL OR i.id < :after) ORDER BY i.id DESC LIMIT :size"
)
_ROWS: Final = text(
    f"SELECT {_COLUMNS} FROM result_import_rows WHERE import_id = :import_id AND number > :after"  # noqa: S608
    " AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY number LIMIT :size"
)
_PENDING: Final = text(
    f"SELECT {_COLUMNS} FROM result_import_rows WHERE state = 'pending'"  # noqa: S608 - constants only
    " ORDER BY import_id, number LIMIT :size"
)
# Two workers at it take each record once.
_CLAIM: Final = text(
    "SELECT 1 FROM result_import_rows WHERE import_id = :import_id AND number = :number AND state = 'pending'"
    " FOR UPDATE SKIP LOCKED"
)
_SETTLE: Final = text(
    "UPDATE result_import_rows SET state = :state, result_id = :result_id, code = :code, field = :field,"
    " message = :message WHERE import_id = :import_id AND number = :number"
)
_KNOWN: Final = text(
    "SELECT result_id, digest FROM imported_records"
    " WHERE owner_department = :department AND source = :source AND record_no = :record_no"
)
_REMEMBER: Final = text(
    "INSERT INTO imported_records (district, owner_department, source, record_no, result_id, digest)"
    " VALUES (current_setting('ssj.district'), :department, :source, :record_no, :result_id, :digest)"
    " ON CONFLICT (district, owner_department, source, record_no) DO UPDATE SET digest = excluded.digest"
)


class ResultImportStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, one: ResultImport, records: Sequence[ReadRecord]) -> None:
        await self._connection.execute(
            _ADD,
            {
                "department": one.department,
                "id": one.id,
                "source": one.source,
                "filed_by": one.filed_by,
                "inspector_id": one.inspector_id,
                "filed_at": one.filed_at,
            },
        )
        rows = orjson.dumps([_row(record) for record in records]).decode()
        await self._connection.execute(_ADD_ROWS, {"department": one.department, "import_id": one.id, "rows": rows})

    async def find(self, import_id: UUID) -> ResultImport | None:
        row = (await self._connection.execute(_FIND, {"id": import_id})).one_or_none()
        return None if row is None else _import_of(row)

    async def page(self, source: str | None, size: int, after: UUID | None) -> list[ResultImport]:
        """The newest first."""
        rows = await self._connection.execute(_PAGE, {"source": source, "size": size, "after": after})
        return [_import_of(row) for row in rows]

    async def rows(self, import_id: UUID, state: str | None, size: int, after: int) -> list[ImportRow]:
        values = {"import_id": import_id, "state": state, "size": size, "after": after}
        return [_row_of(row) for row in await self._connection.execute(_ROWS, values)]

    async def pending(self, size: int) -> list[ImportRow]:
        """Records of the district that wait, the first sent first."""
        return [_row_of(row) for row in await self._connection.execute(_PENDING, {"size": size})]

    async def claim(self, row: ImportRow) -> bool:
        """Locks a record that still waits; False where another has it or it was settled."""
        values = {"import_id": row.import_id, "number": row.number}
        return (await self._connection.execute(_CLAIM, values)).one_or_none() is not None

    async def settle(
        self, row: ImportRow, state: RowState, result_id: UUID | None = None, problem: RowProblem | None = None
    ) -> None:
        values: dict[str, Any] = {"import_id": row.import_id, "number": row.number, "state": state.value}
        values["result_id"] = result_id
        values |= {name: None if problem is None else getattr(problem, name) for name in ("code", "field", "message")}
        await self._connection.execute(_SETTLE, values)

    async def known(self, department: str, source: str, record_no: str) -> KnownRecord | None:
        values = {"department": department, "source": source, "record_no": record_no}
        row = (await self._connection.execute(_KNOWN, values)).one_or_none()
        return None if row is None else KnownRecord(row.result_id, row.digest)

    async def remember(self, department: str, source: str, record_no: str, known: KnownRecord) -> None:
        values = {"department": department, "source": source, "record_no": record_no}
        await self._connection.execute(_REMEMBER, values | {"result_id": known.result_id, "digest": known.digest})


def _row(record: ReadRecord) -> dict[str, Any]:
    problem = record.problem
    return {
        "number": record.number,
        "record_no": record.record_no,
        "visit_id": record.visit_id,
        "content": None if record.content is None else _CONTENT.dump_python(record.content, mode="json"),
        "state": (RowState.PENDING if problem is None else RowState.WRONG).value,
        "code": None if problem is None else problem.code,
        "field": None if problem is None else problem.field,
        "message": None if problem is None else problem.message,
    }


def _import_of(row: Row[Any]) -> ResultImport:
    counts: dict[str, int] = row.counts or {}
    at: datetime = row.filed_at
    return ResultImport(row.id, row.owner_department, row.source, row.filed_by, row.inspector_id, at, counts)


def _row_of(row: Row[Any]) -> ImportRow:
    problem = None if row.code is None else RowProblem(row.code, row.field or "", row.message or "")
    return ImportRow(
        import_id=row.import_id,
        number=row.number,
        record_no=row.record_no,
        visit_id=row.visit_id,
        content=None if row.content is None else _CONTENT.validate_python(row.content),
        state=RowState(row.state),
        result_id=row.result_id,
        problem=problem,
    )
