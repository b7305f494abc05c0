"""Outbound rows (待报送数据): one row per dataset, key and version; what a row says never changes, only its state.

staged → batched → accepted | rejected | unanswered; blocked where it could not be mapped; superseded once a later
version took the place of one that stood on a work list. Blocked, rejected and unanswered rows stand on the work list
(待办清单) of the department that owns them (REL29).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.exchange.domain.mapping import Mapped, Problem, canonical, digest_of, map_record
from services.exchange.domain.maps import FieldMap
from services.exchange.domain.sources import FIELDS, IDENTITY, LISTS, Record
from shared.values.errors import Invalid, NotFound, Refused
from shared.values.ids import new_id

INSERT, UPDATE, DELETE = "I", "U", "D"
OF_NO_DEPARTMENT: Final = "-"
"""Owner of rows that belong to no department: the joint office looks after them."""


class RowState(StrEnum):
    BLOCKED = "blocked"
    STAGED = "staged"
    BATCHED = "batched"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"
    SUPERSEDED = "superseded"


STATE_NAMES: Final[Mapping[RowState, str]] = {
    RowState.BLOCKED: "无法转换",
    RowState.STAGED: "待报送",
    RowState.BATCHED: "已组批",
    RowState.ACCEPTED: "已接收",
    RowState.REJECTED: "被退回",
    RowState.UNANSWERED: "逾期未答复",
    RowState.SUPERSEDED: "已被新版本取代",
}
WORK_LIST: Final = frozenset({RowState.BLOCKED, RowState.REJECTED, RowState.UNANSWERED})
OPEN: Final = frozenset({RowState.STAGED, RowState.BATCHED})
"""A later version waits behind these: a peer never meets versions of a key out of order."""


class NotOnWorkList(Refused):
    message = "这条数据不在待办清单上（当前状态：{state}），不能更正"


class RowUnknown(NotFound):
    message = "没有这条报送数据，或无权查看"


class FieldNotCorrectable(Invalid):
    message = "字段 {field} 不能更正"


class DeletionNotCorrectable(Refused):
    message = "撤销数据没有可更正的内容，请重新报送"


@dataclass(frozen=True, slots=True)
class OutboundRow:
    """`record` is ours as JSON-able values, `overrides` what officers corrected in it; `version` counts from 1 per
    dataset and key, `source_version` is the fact's own."""

    id: UUID
    owner_department: str
    peer: str
    dataset: str
    source_key: str
    source_version: int
    row_key: str
    version: int
    op: str
    record: Record
    overrides: Mapping[str, Any]
    schema: str
    body: str | None
    digest: str | None
    state: RowState
    problems: Sequence[Problem]
    occurred_at: datetime
    staged_at: datetime
    batch_id: UUID | None = None
    receipt_no: str | None = None
    is_duplicate: bool = False
    settled_at: datetime | None = None

    @property
    def reason(self) -> str | None:
        return "；".join(problem.text for problem in self.problems) or None


@dataclass(frozen=True, slots=True)
class SourceFact:
    """Something public of ours in one dataset's kind of records. `records`: row key → record; empty: withdrawn."""

    key: str
    version: int
    department: str
    occurred_at: datetime
    records: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging a fact adds, and which rows of the work list it takes the place of."""

    rows: Sequence[OutboundRow] = ()
    superseded: Sequence[UUID] = ()


def stage_fact(fact: SourceFact, by: FieldMap, latest: Mapping[str, OutboundRow], now: datetime, today: date) -> Staged:
    """New versions for the fact's rows; a fact known already, or an older one, adds nothing (idempotent).

    `latest`: the newest version of every row of this fact in the dataset, by row key. Raises MapNotInForce."""
    if any(row.source_version >= fact.version for row in latest.values()):
        return Staged()
    rows = []
    for row_key, record in fact.records.items():
        before = latest.get(row_key)
        is_first = before is None or before.op == DELETE
        kept = {} if before is None else _still_right(before, record)
        mapped = map_record({**record, **kept}, by.in_force(today), today)
        rows.append(_row(fact, by, (row_key, before), INSERT if is_first else UPDATE, (record, kept, mapped), now))
    for row_key, before in latest.items():
        if row_key not in fact.records and before.op != DELETE:
            gone = canonical({"row_key": row_key})
            mapped = Mapped(by.in_force(today).schema, gone, digest_of(gone))
            whose = replace(fact, department=before.owner_department)
            rows.append(_row(whose, by, (row_key, before), DELETE, (before.record, {}, mapped), now))
    replaced = {row.row_key for row in rows}
    over = [one.id for key, one in latest.items() if key in replaced and one.state in _REPLACEABLE]
    return Staged(rows, over)


_REPLACEABLE: Final = frozenset({RowState.BLOCKED, RowState.REJECTED})
"""An unanswered row may have arrived: it stays on the list until its outcome is known."""


def correct(
    row: OutboundRow, values: Mapping[str, str | None], by: FieldMap, now: datetime, today: date
) -> OutboundRow:
    """The next version of a row on the work list, with `values` over the record's and the maps of today.

    No values: only mapped anew, after a code table was completed. Raises NotOnWorkList, FieldNotCorrectable,
    DeletionNotCorrectable, MapNotInForce."""
    if row.state not in _REPLACEABLE:
        raise NotOnWorkList(state=STATE_NAMES[row.state])
    for name in values:
        if name not in FIELDS[by.source] or name in IDENTITY or name in LISTS:
            raise FieldNotCorrectable(field=name)
    if row.op == DELETE and values:
        raise DeletionNotCorrectable
    kept = {**row.overrides, **values}
    mapped = map_record({**row.record, **kept}, by.in_force(today), today)
    if row.op == DELETE:
        mapped = Mapped(by.in_force(today).schema, row.body, row.digest)
    fact = SourceFact(row.source_key, row.source_version, row.owner_department, row.occurred_at)
    return _row(fact, by, (row.row_key, row), row.op, (row.record, kept, mapped), now)


def complete(row: OutboundRow, record: Record, by: FieldMap, now: datetime, today: date) -> OutboundRow | None:
    """The next version of a blocked row with the completed record; None where that changes nothing for the better.

    Raises MapNotInForce."""
    mapped = map_record({**record, **row.overrides}, by.in_force(today), today)
    if len(mapped.problems) >= len(row.problems):
        return None
    fact = SourceFact(row.source_key, row.source_version, row.owner_department, row.occurred_at)
    return _row(fact, by, (row.row_key, row), row.op, (record, row.overrides, mapped), now)


def _still_right(before: OutboundRow, record: Record) -> dict[str, Any]:
    """Corrections outlive a new version of the fact where the field they correct stayed as it was."""
    return {name: value for name, value in before.overrides.items() if before.record.get(name) == record.get(name)}


def _row(
    fact: SourceFact,
    by: FieldMap,
    place: tuple[str, OutboundRow | None],
    op: str,
    content: tuple[Record, Mapping[str, Any], Mapped],
    now: datetime,
) -> OutboundRow:
    row_key, before = place
    record, overrides, mapped = content
    return OutboundRow(
        id=new_id(),
        owner_department=fact.department,
        peer=by.peer,
        dataset=by.dataset,
        source_key=fact.key,
        source_version=fact.version,
        row_key=row_key,
        version=1 if before is None else before.version + 1,
        op=op,
        record=record,
        overrides=overrides,
        schema=mapped.schema,
        body=mapped.body,
        digest=mapped.digest,
        state=RowState.BLOCKED if mapped.problems else RowState.STAGED,
        problems=mapped.problems,
        occurred_at=fact.occurred_at,
        staged_at=now,
    )
