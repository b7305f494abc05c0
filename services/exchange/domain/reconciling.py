"""Reconciliation (对账): what stands here against what stands at the peer, row by row (REL27, integration 5).

Counted per dataset and department, with an ordered digest of each side. A key with a version under way is left out: it
would look like a difference until its receipt is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from services.exchange.domain.mapping import Mapped, canonical, digest_of, map_record
from services.exchange.domain.maps import FieldMap
from services.exchange.domain.rows import DELETE, UPDATE, OutboundRow, RowState
from shared.values.errors import NotFound, Refused
from shared.values.ids import new_id


class PeerNotReconcilable(Refused):
    message = "对方系统“{peer}”没有提供对账接口"


class PeerSilent(Refused):
    message = "对方系统“{peer}”暂时不能对账：{detail}"


class ReconciliationUnknown(NotFound):
    message = "没有这次对账，或无权查看"


class DifferenceKind(StrEnum):
    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    DIFFERENT = "different"
    DUPLICATED = "duplicated"


DIFFERENCE_NAMES: Final[Mapping[DifferenceKind, str]] = {
    DifferenceKind.MISSING_THERE: "对方缺少",
    DifferenceKind.MISSING_HERE: "我方缺少",
    DifferenceKind.DIFFERENT: "内容或版本不同",
    DifferenceKind.DUPLICATED: "对方重复",
}


@dataclass(frozen=True, slots=True)
class Here:
    """The newest accepted version of a row; `digest` is computed from its body anew, whatever the row says of itself.
    `is_deleted`: that version was a deletion."""

    row_id: UUID
    version: int
    digest: str
    department: str
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class There:
    """A row as the peer shows it; `copies`: how often it has it."""

    row_key: str
    version: int
    digest: str
    department: str
    copies: int = 1


class StandingSource(Protocol):
    """Where a peer shows what it has. Raises DeliveryFailed."""

    async def standing(self, dataset: str) -> Sequence[There]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    dataset: str
    row_key: str
    department: str
    kind: DifferenceKind
    row_id: UUID | None
    here_version: int | None
    there_version: int | None


@dataclass(frozen=True, slots=True)
class DatasetBalance:
    """One dataset of one department. The digests are over `key version digest` lines in the order of keys."""

    dataset: str
    department: str
    here: int
    there: int
    here_versions: tuple[int, int] | None
    here_digest: str
    there_digest: str
    kinds: Mapping[DifferenceKind, int]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    id: UUID
    peer: str
    day: date
    balances: Sequence[DatasetBalance]
    differences: Sequence[Difference]
    made_by: str
    made_at: datetime

    @property
    def is_balanced(self) -> bool:
        return not any(balance.kinds for balance in self.balances)


def compare(
    dataset: str, here: Mapping[str, Here], there: Sequence[There], under_way: frozenset[str]
) -> tuple[Sequence[DatasetBalance], Sequence[Difference]]:
    """Both sides of one dataset. `here` holds deletions too."""
    theirs = {row.row_key: row for row in there if row.row_key not in under_way}
    ours = {key: row for key, row in here.items() if key not in under_way}
    differences = [
        found
        for key in sorted({*ours, *theirs})
        if (found := _difference(dataset, key, ours.get(key), theirs.get(key)))
    ]
    standing = {key: row for key, row in ours.items() if not row.is_deleted}
    departments = {row.department for row in standing.values()} | {row.department for row in theirs.values()}
    departments |= {one.department for one in differences}
    return [_balance(dataset, name, standing, theirs, differences) for name in sorted(departments)], differences


def _difference(dataset: str, key: str, ours: Here | None, theirs: There | None) -> Difference | None:
    kind = _kind(ours, theirs)
    if kind is None:
        return None
    department = ours.department if ours else theirs.department if theirs else ""
    return Difference(
        dataset,
        key,
        department,
        kind,
        ours.row_id if ours else None,
        ours.version if ours else None,
        theirs.version if theirs else None,
    )


def _kind(ours: Here | None, theirs: There | None) -> DifferenceKind | None:
    if theirs is None:
        return DifferenceKind.MISSING_THERE if ours is not None and not ours.is_deleted else None
    if ours is None or ours.is_deleted:
        return DifferenceKind.MISSING_HERE
    if (ours.version, ours.digest) != (theirs.version, theirs.digest):
        return DifferenceKind.DIFFERENT
    return DifferenceKind.DUPLICATED if theirs.copies > 1 else None


def _balance(
    dataset: str,
    department: str,
    ours: Mapping[str, Here],
    theirs: Mapping[str, There],
    differences: Sequence[Difference],
) -> DatasetBalance:
    mine = {key: row for key, row in ours.items() if row.department == department}
    shown = {key: row for key, row in theirs.items() if row.department == department}
    kinds = [one.kind for one in differences if one.department == department]
    versions = [row.version for row in mine.values()]
    return DatasetBalance(
        dataset,
        department,
        len(mine),
        len(shown),
        (min(versions), max(versions)) if versions else None,
        _ordered_digest(mine),
        _ordered_digest(shown),
        {kind: kinds.count(kind) for kind in DifferenceKind if kind in kinds},
    )


def _ordered_digest(rows: Mapping[str, Here] | Mapping[str, There]) -> str:
    lines = (f"{key} {rows[key].version} {rows[key].digest}\n" for key in sorted(rows))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sent_again(row: OutboundRow, above: int, by: FieldMap, now: datetime, today: date) -> OutboundRow:
    """The row once more, mapped anew, in a version above everything known on either side. Raises MapNotInForce."""
    version = by.in_force(today)
    if row.op == DELETE:
        gone = canonical({"row_key": row.row_key})
        mapped = Mapped(version.schema, gone, digest_of(gone))
    else:
        mapped = map_record({**row.record, **row.overrides}, version, today)
    return OutboundRow(
        id=new_id(),
        owner_department=row.owner_department,
        peer=row.peer,
        dataset=row.dataset,
        source_key=row.source_key,
        source_version=row.source_version,
        row_key=row.row_key,
        version=above + 1,
        op=DELETE if row.op == DELETE else UPDATE,
        record=row.record,
        overrides=row.overrides,
        schema=mapped.schema,
        body=mapped.body,
        digest=mapped.digest,
        state=RowState.BLOCKED if mapped.problems else RowState.STAGED,
        problems=mapped.problems,
        occurred_at=row.occurred_at,
        staged_at=now,
    )


def taken_back(difference: Difference, by: FieldMap, now: datetime, today: date) -> OutboundRow:
    """A deletion of what the peer has and we know nothing of. Raises MapNotInForce."""
    gone = canonical({"row_key": difference.row_key})
    return OutboundRow(
        id=new_id(),
        owner_department=difference.department,
        peer=by.peer,
        dataset=by.dataset,
        source_key=difference.row_key,
        source_version=0,
        row_key=difference.row_key,
        version=(difference.there_version or 0) + 1,
        op=DELETE,
        record={},
        overrides={},
        schema=by.in_force(today).schema,
        body=gone,
        digest=digest_of(gone),
        state=RowState.STAGED,
        problems=(),
        occurred_at=now,
        staged_at=now,
    )
